"""A thousand residents vote at once, over HTTP, at two server processes: one vote each, the last
counts, the log verifies.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commands.support import utc_now
from deliberation.definition import Method
from deliberation.verify import verify
from demo.wechat_side import SignedPush, WeChatSide
from services import ballot_log, ballot_reading, ballots
from settings import Settings
from storage.ballots import Ballot, RollEntry, SealedVote
from storage.messages import InboundMessage
from tests.hall.world import Hall, openid, people_the_hall
from tests.robustness.processes import Server, community, farm, opened, post, side_of

VOTERS, CHANGES = 1000, 100
AT_ONCE = 40
COPIES = 3
"""WeChat sends a push that it believes lost up to three times; here every vote comes so often."""
OPTIONS = 3


def _begin(session: Session) -> None:
    people_the_hall(session, VOTERS)
    world = Hall(session, utc_now())
    options = tuple((f"方案{n}", 0) for n in range(1, OPTIONS + 1))
    world.ballot(world.in_ballot("3x"), method=Method.SINGLE, options=options, rule="", secret=True)


def picks(number: int) -> list[int]:
    """What a voter picks, one after another: some think again once or twice."""
    changes = (number * 7 % 2 + 1) if number <= CHANGES else 0
    return [1 + (number * 13 + n) % OPTIONS for n in range(changes + 1)]


@dataclass(frozen=True)
class Line:
    """The way from WeChat to the processes: each copy of a push reaches another one."""

    settings: Settings
    side: WeChatSide
    session: aiohttp.ClientSession
    servers: Sequence[Server]

    async def send(self, push: SignedPush, number: int, copies: int) -> str:
        """The reply to a push and to every copy of it, which must be one and the same."""
        pushes = [push, *(self.side.again(push) for _ in range(copies - 1))]
        answers = await asyncio.gather(
            *(self._deliver(one, number + n) for n, one in enumerate(pushes))
        )
        assert len(set(answers)) == 1, answers
        return answers[0]

    async def _deliver(self, push: SignedPush, way: int) -> str:
        """Posts until there is an answer: a server hangs up where it has none in time."""
        server = self.servers[way % len(self.servers)]
        try:
            status, body = await post(self.session, server.url, push)
        except aiohttp.ClientError:
            return await self._deliver(self.side.again(push), way + 1)
        assert status == 200
        return opened(body, self.settings).get("Content", "")


class Voter:
    """One resident with a phone."""

    def __init__(self, line: Line, number: int) -> None:
        self._line, self._number, self._said = line, number, 0

    async def say(self, text: str, *, copies: int = 1) -> str:
        self._said += 1
        key = self._number * 100 + self._said
        push = self._line.side.compose_text(openid(self._number), text, msgid=key)
        return await self._line.send(push, self._number + self._said, copies)

    async def vote(self) -> str:
        """Votes, changes their mind, and keeps the receipt of the first time."""
        kept = ""
        for pick in picks(self._number):
            await self.say("表决")
            assert f"“方案{pick}”" in await self.say(str(pick))
            done = await self.say("确认", copies=COPIES)
            receipt = done.split("回执 ")[1][:8]
            assert kept in ("", receipt)
            kept = receipt
        return kept


async def _vote(settings: Settings, servers: Sequence[Server]) -> list[str]:
    """The receipts of everybody, who all vote at once."""
    turns = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        line = Line(settings, side_of(settings), session, servers)

        async def one(number: int) -> str:
            async with turns:
                return await Voter(line, number).vote()

        return await asyncio.gather(*(one(number) for number in range(1, VOTERS + 1)))


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
    database_url: str, tmp_path: Path
) -> None:
    """Every push of a vote comes three times, to both processes; a tenth think again."""
    with (
        community(database_url, tmp_path) as (database, settings),
        farm(database_url, tmp_path) as servers,
    ):
        database.write_now(_begin)
        given = await _vote(settings, [servers.start(), servers.start()])
        roll = database.read_now(lambda s: list(s.scalars(select(RollEntry.receipt))))
        messages = database.read_now(lambda s: s.scalar(select(func.count(InboundMessage.id))))
        totals, exported, heads = database.write_now(lambda s: _close(s, utc_now()))
    everything = {number: picks(number) for number in range(1, VOTERS + 1)}
    assert sorted(given) == sorted(roll)
    assert len(set(roll)) == VOTERS
    assert messages == 3 * sum(len(one) for one in everything.values())
    expected = Counter(f"o{one[-1]}" for one in everything.values())
    assert totals == dict(sorted(expected.items()))
    checked = verify(exported, heads)
    assert checked.whole, checked.reason
    assert list(checked.receipts) == sorted(given)
