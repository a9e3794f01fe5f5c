"""A thousand residents vote at once: one vote each, the last counts, the log verifies."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.receive import Patience, Receiver
from bot.turn import Outcome, TurnTaker
from commands import assembly
from deliberation.definition import Method
from deliberation.verify import verify
from dialogue.messages import Incoming, Kind
from handlers import SERVICES
from handlers.registry import Registry
from intents import Understander
from services import ballot_log, ballot_reading, ballots
from storage import migrate
from storage.ballots import Ballot, RollEntry, SealedVote
from storage.engine import Database
from tests.desk import Clock, demo_settings
from tests.hall.world import NOW, Hall, openid, people_the_hall

VOTERS, CHANGES = 1000, 100
AT_ONCE = 40
OPTIONS = 3


def _begin(session: Session) -> None:
    people_the_hall(session, VOTERS)
    world = Hall(session, NOW)
    options = tuple((f"方案{n}", 0) for n in range(1, OPTIONS + 1))
    world.ballot(world.in_ballot("3x"), method=Method.SINGLE, options=options, rule="", secret=True)


def picks(number: int) -> list[int]:
    """What a voter picks, one after another: some think again once or twice."""
    changes = (number * 7 % 2 + 1) if number <= CHANGES else 0
    return [1 + (number * 13 + n) % OPTIONS for n in range(changes + 1)]


class Voter:
    """One resident, whose every push is repeated, now and then at the same moment."""

    def __init__(self, receiver: Receiver, number: int) -> None:
        self._receiver, self._number, self._said = receiver, number, 0

    async def say(self, text: str, *, copies: int = 1) -> str:
        self._said += 1
        key = f"text:{self._number}-{self._said}"
        push = Incoming("", openid(self._number), key, Kind.TEXT, NOW, text)
        answers = await asyncio.gather(*(self._receiver.receive(push) for _ in range(copies)))
        assert len({_text(one) for one in answers}) == 1
        return _text(answers[0])

    async def vote(self) -> str:
        """Votes, changes their mind, and keeps the receipt of the first time."""
        kept = ""
        for pick in picks(self._number):
            await self.say("表决")
            assert f"“方案{pick}”" in await self.say(str(pick))
            done = await self.say("确认", copies=3)
            receipt = done.split("回执 ")[1][:8]
            assert kept in ("", receipt)
            kept = receipt
        return kept


def _text(outcome: Outcome | None) -> str:
    assert outcome is not None
    return outcome.text


def _close(session: Session, now: datetime) -> tuple[dict[str, int], str, tuple[str, str]]:
    ballot = session.scalars(select(Ballot)).one()
    turnout = ballot_reading.turnout(session, ballot)
    assert turnout.voted.persons == VOTERS
    assert turnout.eligible is not None
    assert turnout.eligible.persons == VOTERS
    assert session.scalar(select(func.count()).select_from(SealedVote)) == VOTERS
    ballots.close_ballot(session, ballot, now)
    assert ballot.result is not None
    heads = (ballot.head_opened, ballot.head_closed)
    return ballot.result["totals"], ballot_log.exported(session, ballot), heads


async def test_a_thousand_vote_at_once_with_changes_and_repeats(
    database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """Every push of a vote comes three times; a tenth of the voters think again."""
    settings = demo_settings(database_url, tmp_path)
    with Database(database_url, settings.security.secret_key, threads=4) as database:
        migrate.upgrade(database)
        database.write_now(_begin)
        clock = Clock(NOW)
        world = assembly.make_world(settings, understander)
        taker = TurnTaker(Registry(SERVICES), world, {"": "demo"}, clock)
        receiver = Receiver(database, taker, clock, Patience(60.0, 60.0), lambda: None)
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> str:
            async with turns:
                return await Voter(receiver, number).vote()

        given = await asyncio.gather(*(one(number) for number in range(1, VOTERS + 1)))
        roll = database.read_now(lambda s: list(s.scalars(select(RollEntry.receipt))))
        assert sorted(given) == sorted(roll)
        assert len(set(roll)) == VOTERS
        totals, exported, heads = database.write_now(lambda s: _close(s, clock()))
    expected = Counter(f"o{picks(number)[-1]}" for number in range(1, VOTERS + 1))
    assert totals == dict(sorted(expected.items()))
    checked = verify(exported, heads)
    assert checked.whole, checked.reason
    assert list(checked.receipts) == sorted(given)
