"""Every message three times at once, to two processes: one effect each, the same reply thrice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.wechat_side import SignedPush
from storage.cases import Case
from storage.messages import InboundMessage
from tests.robustness.invariants import broken
from tests.robustness.processes import Server, community, farm, opened, post, side_of

MESSAGES, AT_ONCE = 500, 8
DANGER = "燃气泄漏了，屋里味道很大，我在3栋"
"""A message with an effect of its own: an urgent case."""


def counted(session: Session) -> tuple[int, int, int]:
    """Messages, cases, and residents who have exactly one case."""
    of_one = select(Case.resident_id).group_by(Case.resident_id).having(func.count() == 1)
    return (
        session.scalar(select(func.count(InboundMessage.id))) or 0,
        session.scalar(select(func.count(Case.id))) or 0,
        len(session.scalars(of_one).all()),
    )


async def test_500_messages_in_three_concurrent_copies_have_500_effects_and_equal_replies(
    database_url: str, tmp_path: Path
) -> None:
    """Two processes share the copies; what the resident reads is the same, to the second."""
    with (
        community(database_url, tmp_path) as (database, settings),
        farm(database_url, tmp_path) as servers,
    ):
        side = side_of(settings)
        pair = [servers.start(), servers.start()]
        turns = asyncio.Semaphore(AT_ONCE)

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def thrice(number: int) -> list[Mapping[str, str]]:
                async with turns:
                    push = side.compose_text(f"o{number}", DANGER, msgid=1 + number)
                    copies = [push, side.again(push), side.again(push)]
                    return await asyncio.gather(
                        *(
                            _reply(session, pair[(number + n) % 2], copy)
                            for n, copy in enumerate(copies)
                        )
                    )

            async def _reply(
                session: aiohttp.ClientSession, server: Server, push: SignedPush
            ) -> Mapping[str, str]:
                status, body = await post(session, server.url, push)
                assert status == 200
                return opened(body, settings)

            replies = await asyncio.gather(*(thrice(number) for number in range(MESSAGES)))

        assert all(first == second == third for first, second, third in replies)
        assert all("119" in first["Content"] for first, _, _ in replies)
        assert database.read_now(counted) == (MESSAGES, MESSAGES, MESSAGES)
        assert database.read_now(broken) == []
