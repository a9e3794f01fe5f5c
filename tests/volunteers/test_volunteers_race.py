"""200 residents race for 30 places, through the webhook of two processes, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.support import utc_now
from demo.wechat_side import SignedPush
from services import signup_line
from services.access import Role
from services.calendar import OfficeHours
from settings import Settings
from storage.activities import Occasion, SignUp
from storage.communities import Place
from storage.engine import Database
from storage.messages import OutboxMessage
from storage.residents import Resident
from storage.staff import Staff
from tests.robustness.processes import Server, community, farm, opened, post, side_of
from tests.volunteers.plans import CLEANING, published

RESIDENTS, PLACES, AT_ONCE, LEAVE = 200, 30, 24, 12
PLAN = replace(CLEANING, capacity=PLACES)


def _open_activity(session: Session) -> int:
    now = utc_now()
    place = session.scalars(select(Place).where(Place.code == "demo")).one()
    staff = Staff(
        login="worker",
        name="王敏",
        role=Role.COMMUNITY_WORKER.value,
        scope_path=place.path,
        password_hash="nobody signs in here",
        created_at=now,
    )
    session.add(staff)
    session.flush()
    return published(session, staff, PLAN, now + timedelta(days=3), now)[1].id


def _line(session: Session, *states: str) -> list[SignUp]:
    query = select(SignUp).where(SignUp.state.in_(states)).order_by(SignUp.number)
    return list(session.scalars(query))


def _openids(session: Session, rows: Sequence[SignUp]) -> list[str]:
    return [session.get_one(Resident, row.resident_id).openid for row in rows]


class _Crowd:
    """Residents who write at the same time, to either process."""

    def __init__(
        self, session: aiohttp.ClientSession, servers: Sequence[Server], settings: Settings
    ) -> None:
        self._session, self._servers, self._settings = session, servers, settings
        self._side = side_of(settings)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._sent = 0

    async def say(self, openid: str, text: str) -> str:
        """What the bot answers."""
        self._sent += 1
        number = self._sent
        push: SignedPush = self._side.compose_text(openid, text, msgid=number)
        async with self._turns:
            server = self._servers[number % len(self._servers)]
            status, body = await post(self._session, server.url, push)
        assert status == 200
        fields: Mapping[str, str] = opened(body, self._settings)
        return fields.get("Content", "")

    async def all_say(self, openids: Sequence[str], text: str) -> list[str]:
        """What each is answered, all writing at once."""
        return await asyncio.gather(*(self.say(openid, text) for openid in openids))


def _judge_race(database: Database, occasion: int, replies: list[str]) -> None:
    confirmed = database.read_now(lambda s: _line(s, "confirmed"))
    waiting = database.read_now(lambda s: _line(s, "waiting"))
    assert len(confirmed) == PLACES
    assert len(waiting) == RESIDENTS - PLACES
    numbers = [row.number for row in (*confirmed, *waiting)]
    assert numbers == list(range(1, RESIDENTS + 1)), (
        "in before everybody who waits, no number twice"
    )
    assert database.read_now(lambda s: s.get_one(Occasion, occasion)).taken == PLACES
    assert sum("报上了" in reply for reply in replies) == PLACES
    told = [reply for reply in replies if "谢谢您的热心" in reply]
    positions = sorted(int(reply.split("候补第")[1].split("位")[0]) for reply in told)
    assert positions == list(range(1, RESIDENTS - PLACES + 1))


async def test_exactly_the_places_there_are_and_the_line_in_order(
    database_url: str, tmp_path: Path
) -> None:
    """Exactly 30 are in; the others wait in order and are told so kindly; who gives a place back
    makes room for the first in line, and for nobody else.
    """
    openids = [f"o{number}" for number in range(RESIDENTS)]
    with (
        community(database_url, tmp_path) as (database, settings),
        farm(database_url, tmp_path) as servers,
    ):
        occasion = database.write_now(_open_activity)
        pair = [servers.start(), servers.start()]
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            crowd = _Crowd(session, pair, settings)
            shown = await crowd.all_say(openids, "报名清洁楼道志愿活动")
            assert all("1 登记为志愿者并" in reply for reply in shown)
            _judge_race(database, occasion, await crowd.all_say(openids, "1"))

            leaving = database.read_now(lambda s: _openids(s, _line(s, "confirmed")[:LEAVE]))
            first = database.read_now(lambda s: _openids(s, _line(s, "waiting")[:LEAVE]))
            await crowd.all_say(leaving, "取消报名")
            assert all("取消了" in reply for reply in await crowd.all_say(leaving, "1"))
            offered = database.read_now(lambda s: _openids(s, _line(s, "offered")))
            assert offered == first, "promoted in order"
            assert all(
                "给您定下了" in reply for reply in await crowd.all_say(first[:4], "确认参加")
            )
            await crowd.all_say(first[4:8], "让给下一位")

        late = utc_now() + timedelta(hours=20)
        database.write_now(lambda s: signup_line.lapse_offers(s, OfficeHours(), late))
        _judge_end(database, occasion, first)


def _judge_end(database: Database, occasion: int, first: list[str]) -> None:
    """Four confirmed, four gave theirs on; the other four and those four who came next did not
    answer; each place went to the next in line.
    """

    def work(session: Session) -> None:
        assert session.get_one(Occasion, occasion).taken == PLACES
        held = _line(session, "confirmed", "offered")
        assert len(held) == PLACES
        lapsed, offered = _line(session, "lapsed"), _line(session, "offered")
        assert _openids(session, lapsed)[:4] == first[8:]
        assert len(lapsed) == len(offered) == 8
        still = _line(session, "waiting")
        assert max(row.number for row in offered) < min(row.number for row in still)
        texts = select(OutboxMessage.text).where(OutboxMessage.text.startswith("有名额了"))
        assert len(list(session.scalars(texts))) == LEAVE + 4 + 8

    database.read_now(work)
