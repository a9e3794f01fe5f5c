"""One token for everybody, fetched once when it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from bot.wechat.client import WeChatClient
from bot.wechat.tokens import Fetch, MemoryTokenStore, Token
from demo.fake_wechat import FakeWeChat


class MovableClock(Protocol):
    def __call__(self) -> datetime: ...

    def advance(self, **span: float) -> None: ...


async def test_a_token_serves_until_five_minutes_before_its_end(
    client: WeChatClient, fake: FakeWeChat, clock: MovableClock
) -> None:
    for minutes, fetches in ((0, 1), (114, 1), (1, 2), (1, 2)):
        clock.advance(minutes=minutes)
        await client.tags()
        assert fake.token_fetches == fetches


async def test_two_stores_get_the_same_token_from_the_platform(fake: FakeWeChat) -> None:
    first, second = fake.stable_token(), fake.stable_token()
    assert first["access_token"] == second["access_token"]


def make_fetch(clock: Callable[[], datetime], values: list[str], calls: list[str]) -> Fetch:
    async def fetch() -> Token:
        calls.append("fetch")
        await asyncio.sleep(0)
        value = values.pop(0)
        if value == "fail":
            raise RuntimeError(value)
        return Token(value, clock() + timedelta(hours=2))

    return fetch


async def test_those_who_ask_at_once_share_one_fetch(clock: Callable[[], datetime]) -> None:
    store, calls = MemoryTokenStore(), list[str]()
    fetch = make_fetch(clock, ["one", "two"], calls)
    got = await asyncio.gather(*(store.renew("", None, fetch) for _ in range(20)))
    assert ({token.value for token in got}, len(calls)) == ({"one"}, 1)


async def test_who_comes_late_with_the_old_token_gets_the_new_one(
    clock: Callable[[], datetime],
) -> None:
    store, calls = MemoryTokenStore(), list[str]()
    fetch = make_fetch(clock, ["one", "two"], calls)
    for stale in (None, "one", "one", "one"):
        token = await store.renew("", stale, fetch)
    assert (token.value, len(calls)) == ("two", 2)


async def test_a_failure_is_everybody_s_and_the_next_one_tries_again(
    clock: Callable[[], datetime],
) -> None:
    store, calls = MemoryTokenStore(), list[str]()
    fetch = make_fetch(clock, ["fail", "one"], calls)
    waiting = (store.renew("", None, fetch) for _ in range(5))
    got = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(each, RuntimeError) for each in got)
    assert (await store.renew("", None, fetch)).value == "one"
    assert len(calls) == 2


async def test_one_who_gives_up_waiting_does_not_take_the_token_from_the_others(
    clock: Callable[[], datetime],
) -> None:
    store = MemoryTokenStore()
    fetch = make_fetch(clock, ["one"], [])
    impatient, patient = (asyncio.create_task(store.renew("", None, fetch)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).value == "one"
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_accounts_have_tokens_of_their_own(clock: Callable[[], datetime]) -> None:
    store = MemoryTokenStore()
    for code in ("", "second"):
        await store.renew(code, None, make_fetch(clock, [f"token {code}"], []))
    kept = [await store.get(code) for code in ("", "second", "third")]
    assert [token.value if token else None for token in kept] == ["token ", "token second", None]


def test_a_token_does_not_show_its_value(clock: Callable[[], datetime]) -> None:
    assert "secret" not in repr(Token("secret", clock()))
