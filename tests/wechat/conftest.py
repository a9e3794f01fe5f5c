"""A fixed moment, an account, WeChat's side of it, and the fake platform on a local port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.wechat.account import CAPABILITIES, Account
from bot.wechat.client import WeChatClient
from bot.wechat.tokens import MemoryTokenStore
from demo.fake_wechat import FakeWeChat, make_fake_wechat
from demo.wechat_side import WeChatSide

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
APPID, TOKEN, SECRET = "wx0123456789abcdef", "neighbours", "hidden"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class Clock:
    """A clock that stands still until told to move on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account() -> Account:
    return Account(code="", appid=APPID, secret=SECRET, token=TOKEN, aes_key=KEY)


@pytest.fixture
def plain_account() -> Account:
    return Account(code="", appid=APPID, secret=SECRET, token=TOKEN)


@pytest.fixture
def side(clock: Clock) -> WeChatSide:
    return WeChatSide(appid=APPID, token=TOKEN, aes_key=KEY, clock=clock)


@pytest.fixture
def plain_side(clock: Clock) -> WeChatSide:
    return WeChatSide(appid=APPID, token=TOKEN, clock=clock)


@pytest.fixture
def fake(clock: Clock) -> FakeWeChat:
    return FakeWeChat(appid=APPID, secret=SECRET, clock=clock)


@pytest.fixture
def tokens() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
async def client(
    fake: FakeWeChat, tokens: MemoryTokenStore, clock: Clock
) -> AsyncIterator[WeChatClient]:
    """A client of the fake platform that waits a third of a second for an answer."""
    async with TestServer(make_fake_wechat(fake)) as server, aiohttp.ClientSession() as session:
        account = Account(
            code="",
            appid=APPID,
            secret=SECRET,
            token=TOKEN,
            api_base=str(server.make_url("/")),
            capabilities=CAPABILITIES,
        )
        timeout = aiohttp.ClientTimeout(total=0.3)
        yield WeChatClient(session, account, tokens, clock, timeout)
