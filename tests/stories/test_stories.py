"""Conversations, each a story in a file of this folder, through the real signed webhook."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents import Understander
from tests.stories.stage import Story, open_stage, read_stories

STORIES = read_stories()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_story(
    story: Story, sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """The bot says what the story tells, and stores what it tells."""
    async with open_stage(sqlite_database_url, understander, tmp_path) as stage:
        await stage.play(story)


@pytest.mark.parametrize("story", [s for s in STORIES if s.both], ids=lambda story: story.name)
async def test_story_on_postgresql(
    story: Story, postgres_database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """The stories that lean most on what is stored, on PostgreSQL too."""
    async with open_stage(postgres_database_url, understander, tmp_path) as stage:
        await stage.play(story)


def test_stories_have_names_of_their_own() -> None:
    """A story is found by its name; there are at least sixty."""
    names = [story.name for story in STORIES]
    assert len(set(names)) == len(names) >= 60
