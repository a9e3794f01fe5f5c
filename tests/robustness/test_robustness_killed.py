"""Processes killed under load: what was acknowledged is there, once and whole; nothing is half."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.wechat_side import WeChatSide
from intents.tickets import find_tickets
from settings import Settings
from storage.case_ties import CaseFollower
from storage.cases import Case
from storage.messages import InboundMessage
from storage.residents import Resident
from tests.robustness.invariants import broken
from tests.robustness.processes import Farm, community, farm, opened, post, side_of

ROUNDS, PHONES = 20, 8
REPORT = ("3栋2单元楼道灯坏了好几天，晚上老人走路看不见", "1")
DANGER = ("燃气泄漏了，屋里味道很大，我在3栋",)


@dataclass
class Acknowledged:
    """What residents were answered: reply by resident and message number."""

    replies: dict[tuple[str, int], str] = field(default_factory=dict)
    sent: int = 0


@dataclass
class Phones:
    """Residents who write one after another until the server is `gone`."""

    side: WeChatSide
    settings: Settings
    seen: Acknowledged
    gone: bool = False

    async def write(self, session: aiohttp.ClientSession, url: str, name: str) -> None:
        """Conversations of ever new residents; returns when the server is gone."""
        for number in range(10_000):
            openid = f"o{name}-{number}"
            for words in REPORT if number % 2 else DANGER:
                self.seen.sent += 1
                key = self.seen.sent
                body = await self._send(session, url, openid, words, key)
                if body is None:
                    return
                self.seen.replies[openid, key] = opened(body, self.settings).get("Content", "")

    async def _send(
        self, session: aiohttp.ClientSession, url: str, openid: str, words: str, key: int
    ) -> bytes | None:
        """The answer to a message, repeated where a busy server hangs up, as WeChat does."""
        push = self.side.compose_text(openid, words, msgid=key)
        while not self.gone:
            try:
                status, body = await post(session, url, push)
            except (aiohttp.ClientError, TimeoutError):
                push = self.side.again(push)
                continue
            assert status == 200
            return body
        return None


async def one_round(servers: Farm, phones: Phones, name: str, answers: int) -> None:
    """Lets a new server answer so many messages, kills it in the middle of the next ones."""
    server, phones.gone = servers.start(), False
    goal = len(phones.seen.replies) + answers
    async with aiohttp.ClientSession() as session:
        writing = [
            asyncio.create_task(phones.write(session, server.url, f"{name}-{n}"))
            for n in range(PHONES)
        ]
        async with asyncio.timeout(120):
            while len(phones.seen.replies) < goal:
                await asyncio.sleep(0.002)
        phones.gone = True
        server.kill()
        await asyncio.gather(*writing)


def lost(session: Session, seen: Acknowledged) -> list[str]:
    """Acknowledged messages that are not stored once with their reply and its effect."""
    rows = session.execute(
        select(Resident.openid, InboundMessage.key, InboundMessage.reply).join(
            Resident, Resident.id == InboundMessage.resident_id
        )
    )
    stored = {(openid, int(key.rpartition(":")[2])): reply for openid, key, reply in rows}
    owners = dict(
        session.execute(
            select(Case.number, Resident.openid).join(Resident, Resident.id == Case.resident_id)
        ).all()
    )
    followers = {
        (number, openid)
        for number, openid in session.execute(
            select(Case.number, Resident.openid)
            .join(CaseFollower, CaseFollower.case_id == Case.id)
            .join(Resident, Resident.id == CaseFollower.resident_id)
        )
    }
    urgent = set(
        session.scalars(
            select(Resident.openid)
            .join(Case, Case.resident_id == Resident.id)
            .where(Case.urgent.is_(True))
        )
    )
    faults = []
    for (openid, key), reply in seen.replies.items():
        if stored.get((openid, key)) != reply:
            faults.append(f"message {key} was answered but is not stored so")
        tickets = find_tickets(reply)
        if "已收到，编号" in reply and any(owners.get(ticket) != openid for ticket in tickets):
            faults.append(f"receipt {tickets} without its case")
        if "您也算一户" in reply and (tickets[0], openid) not in followers:
            faults.append(f"joined {tickets}, and does not follow")
        if "紧急事项" in reply and openid not in urgent:
            faults.append(f"danger of {openid} without its case")
    return faults


async def test_twenty_kills_under_load_lose_nothing_that_was_acknowledged(
    database_url: str, tmp_path: Path
) -> None:
    """SIGKILL at twenty moments; after each the database is whole and a new process goes on."""
    dice = random.Random(2026)
    with (
        community(database_url, tmp_path) as (database, settings),
        farm(database_url, tmp_path) as servers,
    ):
        phones = Phones(side_of(settings), settings, Acknowledged())
        for number in range(ROUNDS):
            await one_round(servers, phones, str(number), dice.randint(3, 25))
            assert database.read_now(broken) == []
        assert database.read_now(lambda s: lost(s, phones.seen)) == []
        assert any(find_tickets(reply) for reply in phones.seen.replies.values())
        assert phones.seen.sent > len(phones.seen.replies)
