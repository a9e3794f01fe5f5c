"""The script of the demo's life: how it is read, and when its steps come."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.life.moments import Timetable, workday_after
from demo.life.photos import DRAWINGS, draw
from demo.life.script import Rhythm, ScriptError, Story, read_life
from demo.surroundings import DEMO
from demo.surroundings import Place as Spot
from handlers import SERVICES
from handlers.registry import Registry
from services import places
from services.calendar import CHINA, OfficeHours
from storage.communities import Community, Place
from tests.demo_community.conftest import Loaded

HOURS = OfficeHours()
FRIDAY_EVENING = datetime(2026, 3, 6, 20, 0, tzinfo=CHINA)


def written(tmp_path: Path, **story: Any) -> Story:
    """A story as read from a file."""
    (tmp_path / "residents.yaml").write_text("- {key: wang}\n", encoding="utf-8")
    text = yaml.safe_dump([{"who": "wang", **story}], allow_unicode=True)
    (tmp_path / "stories_1.yaml").write_text(text, encoding="utf-8")
    return read_life(tmp_path).stories[0]


def local(moments: list[datetime]) -> list[str]:
    return [f"{moment.astimezone(CHINA):%m-%d %H:%M}" for moment in moments]


@pytest.mark.parametrize(
    "story",
    [
        {"who": "nobody", "at": "-3 10:00", "steps": [{"say": "好"}]},
        {"steps": [{"say": "好"}]},
        {"at": "-3 10:00", "until": 5, "steps": [{"say": "好"}]},
        {"at": "-3 10:00", "steps": [{"say": "好", "menu": "track"}]},
        {"at": "-3 10:00", "steps": [{"sings": "好"}]},
        {"at": "-3 10:00", "steps": [{"to": "accepted"}]},
        {"at": "-3 10:00", "steps": [{"say": "好", "by": "li"}]},
    ],
)
def test_a_script_with_a_slip_is_refused(tmp_path: Path, story: dict[str, Any]) -> None:
    with pytest.raises(ScriptError):
        written(tmp_path, **story)


def test_short_forms_are_spelled_out(tmp_path: Path) -> None:
    steps = [
        {"say": "好"},
        {"by": "li", "start": 30},
        {"by": "li", "reply": "您好", "ok": 5},
        {"by": "li", "done": "修好了"},
    ]
    story = written(tmp_path, at="-3 10:00", steps=steps)
    acts = [(step.act, str(step.value), step.by) for step in story.steps[1:]]
    assert acts == [
        ("to", "accepted", "li"),
        ("to", "working", "li"),
        ("reply", "您好", "li"),
        ("approve", "True", "zhao"),
        ("to", "resolved", "li"),
        ("to", "review", "system"),
    ]


def test_staff_answer_an_evening_message_on_the_next_workday(tmp_path: Path) -> None:
    story = written(
        tmp_path, at="-7 19:30", steps=[{"say": "好"}, {"by": "li", "note": "x", "after": 30}]
    )
    moments = Timetable(HOURS, FRIDAY_EVENING + timedelta(days=14)).moments(story)
    assert local(moments) == ["03-13 19:30", "03-16 09:30"]


def test_a_story_ends_before_the_present_and_what_is_beyond_is_left_out(tmp_path: Path) -> None:
    """Friday evening: the desk closed at six, so the work of staff lies before that."""
    steps = [{"say": "好"}, {"by": "li", "note": "x", "after": 40}]
    backward = written(tmp_path, until=10, steps=steps)
    assert local(Timetable(HOURS, FRIDAY_EVENING).moments(backward))[1] == "03-06 17:50"
    forward = written(tmp_path, at="-0 19:30", steps=steps)
    assert len(Timetable(HOURS, FRIDAY_EVENING).moments(forward)) == 1


@pytest.mark.parametrize("hour", range(24))
def test_no_story_reaches_beyond_the_present_or_runs_backward(hour: int) -> None:
    now = datetime.combine(datetime(2026, 5, 3, tzinfo=CHINA), time(hour, 7), CHINA)
    table = Timetable(HOURS, now.astimezone(UTC))
    for story in read_life().stories:
        moments = table.moments(story)
        assert all(moment < now for moment in moments)
        assert all(earlier < later for earlier, later in pairwise(moments))
        for moment, step in zip(moments, story.steps, strict=False):
            if step.rhythm is Rhythm.OFFICE:
                assert HOURS.is_open(moment - timedelta(seconds=1))


def test_the_next_workday_leaps_over_the_weekend() -> None:
    assert workday_after(FRIDAY_EVENING, 1) == "3月9日"


def test_photos_of_one_kind_differ_and_stay_the_same() -> None:
    assert set(DRAWINGS) >= {name for name in ("lamp", "water", "garbage")}
    assert draw("lamp-1") != draw("lamp-2")
    assert draw("lamp-1") == draw("lamp-1")


def test_everything_around_the_phone_is_in_the_tree(workday_demo: Loaded) -> None:
    """Each place of the map is the tree's place at that spot; each code leads somewhere."""
    codes = set(workday_demo.look(lambda s: s.scalars(select(Place.code)).all()))
    scenes = Registry(SERVICES).scenes
    for one in DEMO.codes:
        kind, _, code = one.scene.partition(":")
        assert kind in scenes
        assert not code or code in codes
    for spot in DEMO.places:
        assert workday_demo.look(partial(_nearest, spot=spot)) in spot.name


def _nearest(session: Session, spot: Spot) -> str:
    community = session.scalars(select(Community.id)).one()
    found = places.nearest_place(session, community, spot.latitude, spot.longitude)
    return found.name if found else "nowhere"
