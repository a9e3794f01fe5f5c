"""Access tokens shared in the database: one fetch per renewal, however many ask, wherever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.tokens import DatabaseTokens
from bot.wechat.errors import Temporary
from bot.wechat.tokens import Token
from commands.support import utc_now
from storage.engine import Database
from tests.conftest import SECRET

CALLERS = 40


class Source:
    """Hands out tokens slowly enough for all callers to be waiting; counts them."""

    def __init__(self, *, failing: bool = False) -> None:
        self.fetched = 0
        self.release = asyncio.Event()
        self.failing = failing

    async def fetch(self) -> Token:
        self.fetched += 1
        await self.release.wait()
        if self.failing:
            raise Temporary(-1, "busy")
        return Token(f"token-{self.fetched}", utc_now() + timedelta(hours=2))


async def ask_all(
    database: Database, source: Source, stale: str | None
) -> list[Token | BaseException]:
    """Forty callers of two processes (each with its own connection pool) ask at once."""
    with Database(database.url, SECRET, threads=4) as second:
        stores = [DatabaseTokens(database, utc_now), DatabaseTokens(second, utc_now)]
        asking = [
            asyncio.create_task(stores[number % 2].renew("", stale, source.fetch))
            for number in range(CALLERS)
        ]
        async with asyncio.timeout(10):
            while not source.fetched:
                await asyncio.sleep(0.001)
        source.release.set()
        return list(await asyncio.gather(*asking, return_exceptions=True))


async def test_forty_callers_share_one_fetch_of_the_first_token(database: Database) -> None:
    source = Source()
    tokens = await ask_all(database, source, None)
    assert (source.fetched, {token.value for token in tokens if isinstance(token, Token)}) == (
        1,
        {"token-1"},
    )


async def test_forty_refused_callers_share_one_renewal(database: Database) -> None:
    """All of them had the token that WeChat now refuses."""
    source = Source()
    source.release.set()
    first = await DatabaseTokens(database, utc_now).renew("", None, source.fetch)
    source.release.clear()
    source.fetched = 0
    tokens = await ask_all(database, source, first.value)
    assert source.fetched == 1
    assert all(isinstance(token, Token) for token in tokens)


async def test_a_late_caller_with_the_old_token_gets_the_new_one_without_a_fetch(
    database: Database,
) -> None:
    source = Source()
    source.release.set()
    store = DatabaseTokens(database, utc_now)
    await store.renew("", None, source.fetch)
    assert (await store.renew("", "older", source.fetch)).value == "token-1"
    assert source.fetched == 1


async def test_a_failed_fetch_is_the_failure_of_all_who_waited(database: Database) -> None:
    """Forty failures do not become forty calls; the next one who asks tries again."""
    source = Source(failing=True)
    outcomes = await ask_all(database, source, None)
    assert source.fetched == 1
    assert {type(outcome) for outcome in outcomes} == {Temporary}
    source.failing = False
    token = await DatabaseTokens(database, utc_now).renew("", None, source.fetch)
    assert token.value == "token-2"


async def test_the_lease_of_a_process_that_died_while_fetching_runs_out(database: Database) -> None:
    moment = utc_now()
    dying = Source()
    task = asyncio.create_task(
        DatabaseTokens(database, lambda: moment).renew("", None, dying.fetch)
    )
    async with asyncio.timeout(10):
        while not dying.fetched:
            await asyncio.sleep(0.001)
    source = Source()
    source.release.set()
    later = DatabaseTokens(database, lambda: moment + timedelta(minutes=1))
    assert (await later.renew("", None, source.fetch)).value == "token-1"
    dying.failing = True
    dying.release.set()
    with pytest.raises(Temporary):
        await task
    stored = await later.get("")
    assert stored is not None
    assert stored.value == "token-1"
