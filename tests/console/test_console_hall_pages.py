"""What holds for every page of the hall: policy, labels, escaping, no cookies, both databases."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from sqlalchemy.orm import Session

from services import statements
from services.hall import enter, process_of
from services.processes import Stage
from storage import migrate
from storage.engine import Database
from storage.hall import Topic
from tests.console.seed import Seeded, fill
from tests.console.test_console_hall import HALL, _budget, open_topic
from tests.console.test_console_pages import (
    test_a_page_asks_nobody_else_for_anything as asks_nobody_else,
)
from tests.console.test_console_pages import test_every_field_has_a_label as has_labels
from tests.console.world import SECRET, Console, open_console

BAD = "<script>alert(1)</script>"


def inside(seeded: Seeded) -> list[str]:
    """Every page of the hall in the console."""
    own = ("", "/proposals", "/register", "/processes", "/processes?process=3x", "?state=done")
    return [
        *(f"{HALL}{path}" for path in own),
        f"{HALL}/{seeded.topic}",
        f"{HALL}/{seeded.topic}/sheet",
        f"{HALL}/ballots/{seeded.ballot}",
        f"{HALL}/proposals/{seeded.proposal}",
    ]


def outside(seeded: Seeded) -> list[str]:
    """Every public page of the hall."""
    return ["/public/demo", "/public/demo/topics", f"/public/demo/topics/{seeded.topic}"]


async def test_every_page_keeps_the_policy_and_has_labels(console: Console) -> None:
    """In every stage; no two parts of a page share an id."""
    await open_topic(console, console.visitor("worker"))
    topic = console.seeded.topic + 1
    stages = console.read(lambda s: process_of(s.get_one(Topic, topic)).stages)
    for path in inside(console.seeded) + outside(console.seeded):
        await _well_made(console, path)
    for stage in stages:
        _put_into(console, topic, stage)
        for path in (f"{HALL}/{topic}", f"/public/demo/topics/{topic}"):
            await _well_made(console, path)


def _put_into(console: Console, topic: int, stage: Stage) -> None:
    console.write(lambda session: enter(session.get_one(Topic, topic), stage, console.clock()))


async def _well_made(console: Console, path: str) -> None:
    await asks_nobody_else(console, path)
    await has_labels(console, path)
    page = (await console.visitor("admin").get(path)).text
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [name for name, count in ids.items() if count > 1] == [], path


async def test_public_pages_set_no_cookies(console: Console) -> None:
    for path in outside(console.seeded):
        answer = await console.anonymous.get(path)
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers


async def test_what_is_written_is_never_markup(console: Console) -> None:
    def write(session: Session) -> None:
        topic = session.get_one(Topic, console.seeded.topic)
        topic.title = topic.text = BAD
        statements.seed(session, console.staff(session, "worker"), topic, BAD, console.clock())

    console.write(write)
    for path in inside(console.seeded) + outside(console.seeded):
        assert BAD not in (await console.visitor("admin").get(path)).text


async def test_every_page_works_on_postgresql(postgres_database_url: str, tmp_path: Path) -> None:
    """Also the result of a budget, whose turnout by building is counted in SQL."""
    with Database(postgres_database_url, SECRET, threads=4) as database:
        migrate.upgrade(database)
        seeded = database.write_now(fill)
        async with open_console(database, seeded, tmp_path) as console:
            ballot = await _budget(console)
            visitor = console.visitor("admin")
            paths = [*inside(seeded), *outside(seeded), f"{HALL}/{seeded.topic}/minutes.docx"]
            paths += [f"/public/demo/ballots/{ballot}.{kind}" for kind in ("jsonl", "pb")]
            for path in paths:
                assert (await visitor.get(path)).status == 200, path
            page = (await visitor.get(f"/public/demo/topics/{seeded.topic}")).text
            assert '<th scope="row">3栋</th><td>6 / 6</td>' in page
