"""Nothing that the program shows or writes tells a choice: every page before closing, and every
trace of a failure on the way of a vote.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
import structlog
from sqlalchemy.orm import Session

from commands.logs import configure_logs
from console.routes import ROUTES
from console.rules import Public
from deliberation.chain import Json
from deliberation.definition import Method
from intents import Understander
from services import marks, personal_data
from services.ballots import NewBallot, plan
from services.processes import Electors
from settings import LogSettings
from storage.ballots import Ballot
from storage.hall import Topic
from storage.residents import Resident
from tests.console.test_console_access import address
from tests.console.test_console_hall import HALL, _vote, newest_ballot, tick
from tests.console.village import Village, open_village
from tests.console.world import Console, Visitor
from tests.hall.dump import dump

TREES = ("苹果树", "樱花树", "桂花树")
"""Words that are nowhere but in the question and in the choices."""
LIVE = "/events"
RESTLESS = {
    "/console/account",
    "/console/audit",
    "/console/audit.csv",
    "/console/points",
    "table:audit_entries",
}
"""What is never twice the same: new codes for the forms, and the record of these very visits."""
FAULTS = (
    "handlers.hall_marks.read",
    "services.voting.choose",
    "services.voting.check",
    "services.voting.count",
    "services.voting.canonical",
    "services.result_words.choice_words",
    "services.voting.confirm",
    "services.voting.put_in",
    "services.voting.require_open",
    "services.ballot_box.Boxes.put",
    "services.ballot_log.keep",
    "services.inbound.seal",
    "services.inbound.answered",
    "services.residents.keep_dialog",
)
"""Where a vote may fail on its way from the push to the box."""


def choosing(console: Console, *, secret: bool = True) -> int:
    """An open ballot with three trees to choose from."""

    def work(session: Session) -> int:
        now = console.clock()
        new = NewBallot(
            "种什么树",
            now,
            now + timedelta(days=1),
            method=Method.SINGLE,
            options=tuple((tree, 0) for tree in TREES),
            electorate=Electors.PERSONS,
            secret=secret,
        )
        topic = session.get_one(Topic, console.seeded.topic)
        return plan(session, console.staff(session, "worker"), topic, new, now).id

    number = console.write(work)
    tick(console)
    return number


def gets(console: Console) -> list[str]:
    """Every address of the route table that can be asked for."""
    found = [address(route, console.seeded) for route in ROUTES if route.method == "GET"]
    return sorted({path for path in found if not path.endswith(LIVE)})


def _opened(data: bytes) -> bytes:
    """What a file holds, without the moments at which its parts were packed."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = sorted(name for name in parts.namelist() if name != "docProps/core.xml")
        return b"".join(parts.read(name) for name in names)


async def _seen(console: Console, staff: Visitor, paths: list[str]) -> dict[str, bytes]:
    """All that can be read at one moment, by where it stands."""
    found = {}
    for path in paths:
        answer = await staff.client.get(path, headers=staff._cookie(), allow_redirects=False)
        assert answer.status < 500, path
        found[path] = _opened(await answer.read())
    found[LIVE] = console.read(lambda s: marks.everything(s, console.clock())).encode()
    found["people"] = repr(console.read(_told_of_people)).encode()
    tables = console.read(dump)
    return found | {f"table:{name}": repr(rows).encode() for name, rows in tables.items()}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    """Where the one is not the other."""
    return {name for name, text in one.items() if text != other[name]}


def _told_of_people(session: Session) -> list[object]:
    return [personal_data.export(session, one) for one in session.query(Resident).all()]


async def test_no_route_shows_anything_before_closing(console: Console) -> None:
    """The whole route table, the live stream and the exports of people are the same, letter by
    letter, when everybody changes their vote, named or secret; so are the tables, but for what is
    encrypted.
    """
    running = [choosing(console, secret=secret) for secret in (True, False)]
    staff, paths = console.visitor("admin"), gets(console)
    for ballot in running:
        paths += [f"{HALL}/ballots/{ballot}", f"/public/demo/ballots/{ballot}.jsonl"]
    one: dict[str, Json] = {"P1": "o1", "P2": "o2", "P3": "o1"}
    other: dict[str, Json] = {"P1": "o3", "P2": "o3", "P3": "o2"}
    receipts = [code for ballot in running for code in _vote(console, ballot, one)]
    first, before = await _seen(console, staff, paths), await _seen(console, staff, paths)
    assert [code for ballot in running for code in _vote(console, ballot, other)] == receipts
    after = await _seen(console, staff, paths)
    assert differing(first, before) <= RESTLESS
    assert differing(before, after) <= RESTLESS | {"table:ballot_events"}
    assert len(paths) > 100
    for path, text in before.items():
        assert path.startswith("table:") or not any(code.encode() in text for code in receipts)


def evenly(text: str) -> bool:
    """Whether the choices are named equally often, as in the question: none stands alone."""
    return len({text.count(tree) for tree in TREES}) == 1


@pytest.fixture(params=["json", "console"])
def logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Logging as the program in service has it."""
    configure_logs(LogSettings(format=request.param))
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


@pytest.fixture
async def village(
    console: Console, understander: Understander, tmp_path: Path
) -> AsyncIterator[Village]:
    """The neighbours, after the seeded ballot is over."""
    console.clock.forward(days=2)
    async with open_village(console, understander, tmp_path / "village") as opened:
        yield opened


def _fail(*given: object) -> NoReturn:
    """An error that tells all it knows, in its words and in its variables."""
    raise RuntimeError(f"cannot take {TREES[1]} {given!r}")


async def _vote_in_vain(village: Village, number: int, place: str) -> bool:
    """A vote while something on its way fails; whether the resident heard of the failure."""
    with pytest.MonkeyPatch.context() as patch:
        await village.tap(number, "表决", "种什么树")
        patch.setattr(place, _fail)
        said = await village.say(number, TREES[1])
        if "尚未提交" in said:
            said = await village.say(number, "确认")
    return "出了点小问题" in said


async def test_a_failing_vote_leaves_its_choice_nowhere(
    console: Console,
    village: Village,
    logs: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wherever it fails: no log, no table, no page of the console, no export names the choice."""
    choosing(console)
    capsys.readouterr()
    for place in FAULTS:
        assert await _vote_in_vain(village, 1, place), place
        out, err = capsys.readouterr()
        assert "RuntimeError" in out
        assert not any(tree in out + err for tree in TREES), place
        assert '"o2"' not in out + err
        await village.say(1, "取消")
    for table, rows in console.read(dump).items():
        assert all(evenly(row) for row in rows), table
    staff = console.visitor("admin")
    for path in gets(console):
        answer = await staff.client.get(path, headers=staff._cookie())
        assert evenly(_opened(await answer.read()).decode(errors="replace")), path
    assert evenly(repr(console.read(_told_of_people)))
    assert console.read(lambda s: s.get_one(Ballot, newest_ballot(console).id).result) is None


async def test_a_failing_paper_vote_is_not_told_either(
    console: Console,
    logs: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error page and the log of a choice that staff entered are without the choice."""
    ballot = choosing(console)
    capsys.readouterr()
    monkeypatch.setattr("services.paper_votes.enter", _fail)
    form = {"elector": "P1", "origin": "paper", "choice": "o2"}
    answer = await console.visitor("worker").post(f"{HALL}/ballots/{ballot}/paper", form)
    out, err = capsys.readouterr()
    assert answer.status == 500
    for text in (answer.text, out + err):
        assert not any(tree in text for tree in TREES)
        assert "o2" not in text
    assert "RuntimeError" in out + err


def test_the_public_routes_are_among_those_that_are_asked() -> None:
    """The walk above has the public pages in it."""
    public = [route for route in ROUTES if isinstance(route.rule, Public)]
    assert any(route.path.endswith(".jsonl") for route in public)
