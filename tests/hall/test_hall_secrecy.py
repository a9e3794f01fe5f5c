"""Secrecy: who reads everything the program writes cannot tell two different votes apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from deliberation.definition import Method
from intents import Understander
from services import ballot_log, hall_clock, inbound, personal_data
from storage.ballots import Ballot
from tests.conftest import _new_postgres_database
from tests.desk import Desk, open_desk
from tests.hall.dump import dump, without_chance
from tests.hall.world import Hall, openid, people_the_hall

TREES = ("苹果树", "樱花树", "桂花树")
"""Words that are nowhere but in the question and in the choices."""
ONE_WAY: Mapping[int, str] = {1: "1", 2: "2", 3: "3", 4: "1"}
OTHER_WAY: Mapping[int, str] = {1: "2", 2: "3", 3: "1", 4: "1"}
"""The same choices in all, from other hands."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be read at one moment: all tables, what was exported, sent and logged."""

    tables: Mapping[str, list[str]]
    exports: list[str]
    sent: list[str]
    log: str


def _begin(session: Session, desk: Desk, *, secret: bool) -> None:
    people_the_hall(session, 6)
    world = Hall(session, desk.clock())
    topic = world.in_ballot("3x")
    options = tuple((tree, 0) for tree in TREES)
    world.ballot(
        topic, title="种什么树", method=Method.SINGLE, options=options, rule="", secret=secret
    )


def _tick(session: Session, desk: Desk) -> None:
    for one in hall_clock.due(session, desk.clock()):
        hall_clock.do(session, one, desk.clock())


def _exports(session: Session) -> list[str]:
    world = Hall(session)
    told = [
        json.dumps(personal_data.export(session, world.resident(n)), default=str) for n in ONE_WAY
    ]
    ballot = session.query(Ballot).one()
    if ballot.state == "closed":
        told.append(ballot_log.exported(session, ballot))
    return [without_chance(one) for one in told]


async def _look(desk: Desk, log: str) -> Seen:
    await desk.deliver()
    sent = sorted(without_chance(str(one)) for one in desk.fake.sent)
    return Seen(desk.look(dump), desk.look(_exports), sent, log)


async def _play(
    desk: Desk, choices: Mapping[int, str], log: pytest.LogCaptureFixture, *, secret: bool
) -> Iterator[Seen]:
    """The votes of four neighbours, one of whom changes; what is seen before and after closing."""
    desk.do(lambda s: _begin(s, desk, secret=secret))
    for number, picked in choices.items():
        await desk.say(openid(number), "表决")
        if number == 4:
            await desk.say(openid(number), "3")
            await desk.say(openid(number), "重选")
        assert "尚未提交" in await desk.say(openid(number), picked)
        assert "回执" in await desk.say(openid(number), "确认")
    before = await _look(desk, log.text)
    desk.clock.forward(hours=25)
    desk.do(lambda s: _tick(s, desk))
    desk.do(lambda s: inbound.erase_sealed(s, desk.clock()))
    return iter((before, await _look(desk, log.text)))


@pytest.fixture(params=["sqlite", "postgres"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two new databases of one kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/other.db"
        return
    makers = [_new_postgres_database(request.getfixturevalue("postgres_url")) for _ in range(2)]
    yield next(makers[0]), next(makers[1])
    for maker in makers:
        next(maker, None)


async def test_secret_votes_from_other_hands_leave_the_same_traces(
    two_urls: tuple[str, str],
    understander: Understander,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Tables, exports, messages and log are the same whoever chose what, before and after."""
    found = []
    for url, choices in zip(two_urls, (ONE_WAY, OTHER_WAY), strict=True):
        caplog.clear()
        async with open_desk(url, understander, tmp_path) as desk:
            desk.workers.clock()
            found.append(tuple(await _play(desk, choices, caplog, secret=True)))
    for one, other in zip(*found, strict=True):
        for table, rows in one.tables.items():
            assert rows == other.tables[table], table
        assert (one.exports, one.sent) == (other.exports, other.sent)
        assert one.log == other.log


@pytest.mark.parametrize("secret", [True, False])
async def test_before_closing_no_choice_is_anywhere(
    sqlite_database_url: str,
    understander: Understander,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    secret: bool,
) -> None:
    """The options are named in the question and nowhere else, also of a named ballot."""
    async with open_desk(sqlite_database_url, understander, tmp_path) as desk:
        before, after = await _play(desk, ONE_WAY, caplog, secret=secret)
    question = ("ballots", "inbound_messages", "dialogs")
    for table, rows in before.tables.items():
        words = "".join(rows)
        if table not in question:
            assert not any(tree in words for tree in TREES), table
            assert not any(f'"o{n}"' in words for n in (1, 2, 3)), table
    replies = [row for row in before.tables["inbound_messages"] if TREES[1] in row]
    assert all(all(tree in row for tree in TREES) for row in replies), "a choice repeated"
    assert not any(tree in text for tree in TREES for text in (*before.sent, before.log))
    assert not any("赞成" in text for text in before.exports)
    assert any(TREES[0] in text for text in after.sent), "the result is told afterwards"


async def test_what_is_said_to_a_ballot_paper_is_not_kept(
    sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """Words, voices and answers of a vote are gone; a repeat within a minute hears the same."""
    async with open_desk(sqlite_database_url, understander, tmp_path) as desk:
        desk.do(lambda s: _begin(s, desk, secret=True))
        await desk.say(openid(1), "表决")
        push = desk.side.compose_voice(openid(1), "voice-1", "樱花树")
        first = await desk.send(push)
        assert first is not None
        assert "您选的是“樱花树”" in first
        assert await desk.send(desk.side.again(push)) == first
        tables = desk.look(dump)
        assert tables["media"] == []
        assert inbound.SEALED in tables["inbound_messages"][-1]
        assert "您选的是" not in "".join(tables["inbound_messages"])
        desk.clock.forward(seconds=90)
        assert desk.do(lambda s: inbound.erase_sealed(s, desk.clock())) == 1
        assert desk.look(dump)["sealed_replies"] == []


async def test_a_vote_whose_handling_fails_is_not_shown_to_staff(
    sqlite_database_url: str,
    understander: Understander,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message of a failure is kept without the words of the vote."""

    def fail(*_given: object) -> None:
        raise RuntimeError("no vote today")

    async with open_desk(sqlite_database_url, understander, tmp_path) as desk:
        desk.do(lambda s: _begin(s, desk, secret=True))
        await desk.say(openid(1), "表决")
        monkeypatch.setattr("services.voting.choose", fail)
        assert "出了点小问题" in await desk.say(openid(1), "樱花树")
        tables = desk.look(dump)
        for table in ("inbound_messages", "queue_items"):
            last = tables[table][-1]
            assert not ("樱花树" in last and "苹果树" not in last)
        assert inbound.SEALED in tables["queue_items"][-1]
