"""Two thousand malformed pushes over real HTTP to a process of its own."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.robustness.invariants import broken
from tests.robustness.malformed import CLASSES, OVERSIZED, Maker, Post, plain_push
from tests.robustness.processes import Server, community, farm, opened, post, side_of

PUSHES, AT_ONCE = 2000, 6
GROWTH = 48 * 1024 * 1024
"""Bytes that the process may grow while it takes the second half of them."""
REFUSALS = {400, 403, 408, 413}


async def throw(session: aiohttp.ClientSession, server: Server, given: Post) -> int:
    """The status of the answer; 413 also where the server hung up on a body that is too large."""
    try:
        async with session.post(
            server.url,
            params=given.query,
            data=given.body,
            headers=given.headers,
            timeout=aiohttp.ClientTimeout(total=15),
        ) as response:
            await response.read()
            return response.status
    except aiohttp.ClientOSError:
        if len(given.body) > OVERSIZED:
            return 413
        raise


async def throw_all(server: Server, pushes: list[Post]) -> Counter[int]:
    statuses: Counter[int] = Counter()
    queue = iter(pushes)
    # a connection for each: the server closes those on which it left a body unread
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:

        async def work() -> None:
            for given in queue:
                statuses[await throw(session, server, given)] += 1

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return statuses


async def test_two_thousand_malformed_pushes_do_no_harm(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    """Refused or kept, none a 5xx, none without answer; the process lives and has not grown."""
    url = sqlite_database_url
    with community(url, tmp_path) as (database, settings), farm(url, tmp_path) as servers:
        server, maker = servers.start(), Maker(settings, random.Random(20261122))
        half = [CLASSES[n % len(CLASSES)](maker) for n in range(PUSHES // 2)]
        statuses = await throw_all(server, half)
        before = server.memory()
        more = [CLASSES[n % len(CLASSES)](maker) for n in range(PUSHES // 2)]
        statuses += await throw_all(server, more)
        assert set(statuses) <= {200, *REFUSALS}
        assert sum(statuses.values()) == PUSHES
        assert all(statuses[status] for status in (200, 400, 403, 413))
        assert server.alive()
        assert server.memory() - before < GROWTH
        assert database.read_now(broken) == []

        push = side_of(settings).compose_text("oAfterwards", "您好")
        async with aiohttp.ClientSession() as session:
            status, body = await post(session, server.url, push)
        assert (status, bool(opened(body, settings)["Content"])) == (200, True)


@pytest.mark.parametrize("encrypt_type", [{}, {"encrypt_type": "raw"}, {"encrypt_type": "aes"}])
async def test_a_plain_push_is_refused_where_the_account_has_a_key(
    encrypt_type: dict[str, str], sqlite_database_url: str, tmp_path: Path
) -> None:
    """Its signature is genuine, and says nothing about the body."""
    url = sqlite_database_url
    with community(url, tmp_path) as (_, settings), farm(url, tmp_path) as servers:
        given = plain_push(Maker(settings, random.Random(1)))
        async with aiohttp.ClientSession() as session:
            status = await throw(
                session, servers.start(), Post({**given.query, **encrypt_type}, given.body)
            )
        assert status == 403
