"""A whole desk for tests: the webhook, a fake WeChat, a clock that moves when told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.orm import Session

from commands import assembly
from demo.community import open_community
from demo.fake_wechat import FakeWeChat, make_fake_wechat
from demo.wechat_side import SignedPush, WeChatSide
from intents import Understander
from jobs.catalogue import Workers
from settings import DEMO_AES_KEY, ReplySettings, Settings
from storage import migrate
from storage.engine import Database

T = TypeVar("T")
WORKDAY_MORNING = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)  # Wednesday 10:30 in China


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = WORKDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Desk:
    """A running desk as residents and tests see it."""

    settings: Settings
    database: Database
    clock: Clock
    fake: FakeWeChat
    side: WeChatSide
    session: aiohttp.ClientSession
    url: str
    workers: Workers
    rung: list[int] = field(default_factory=list)

    async def send(self, push: SignedPush) -> str | None:
        """Posts a push; the reply's text, None for a plain acknowledgement."""
        return await self.side.post(self.session, f"{self.url}/wechat", push)

    async def say(self, openid: str, text: str) -> str:
        """What the bot answers to a text; empty for silence."""
        self.clock.forward(seconds=2)
        return await self.send(self.side.compose_text(openid, text)) or ""

    def look(self, work: Callable[[Session], T]) -> T:
        """Reads from the database."""
        return self.database.read_now(work)

    def do(self, work: Callable[[Session], T]) -> T:
        """Does something as a person at the desk would, in one transaction."""
        return self.database.write_now(work)

    async def deliver(self) -> int:
        """Sends what is due."""
        return await self.workers.delivery.run()


def demo_settings(url: str, folder: Path, **changes: Any) -> Settings:
    """Settings of a desk in tests."""
    values: dict[str, Any] = {
        "demo": True,
        "database": {"url": url, "threads": 4},
        "paths": {"media": folder / "media", "model": folder / "model"},
        "wechat": {
            "aes_key": DEMO_AES_KEY,
            "original_id": "gh_demo",
            "templates": {},
        }
        | changes.pop("wechat", {}),
    }
    return Settings(**values, **changes)


PATIENT = ReplySettings.model_construct(deadline_seconds=60.0, approval="always")
"""A machine that stands still for seconds is no matter of a story; `test_robustness_slow` looks at
the deadline."""


@asynccontextmanager
async def open_desk(
    url: str, understander: Understander, folder: Path, **changes: Any
) -> AsyncIterator[Desk]:
    """Opens a desk on a database; the fake WeChat listens on loopback beside it."""
    clock = Clock()
    fake = FakeWeChat(clock=clock)
    api = TestServer(make_fake_wechat(fake))
    await api.start_server()
    wechat = {"api_base": f"http://127.0.0.1:{api.port}", **changes.pop("wechat", {})}
    changes.setdefault("reply", PATIENT)
    settings = demo_settings(url, folder, wechat=wechat, **changes)
    fake.appid, fake.secret = settings.wechat.appid, settings.wechat.secret
    with Database(url, settings.security.secret_key, threads=4) as database:
        migrate.upgrade(database)
        database.write_now(lambda s: open_community(s, clock()))
        world = assembly.make_world(settings, understander)
        rung: list[int] = []
        inbound = assembly.make_inbound(settings, database, world, clock, lambda: rung.append(1))
        app = web.Application()
        app.add_routes(inbound.webhook.routes())
        server = TestServer(app)
        await server.start_server()
        try:
            async with aiohttp.ClientSession() as session:
                clients = assembly.make_clients(settings, database, session, clock)
                workers = assembly.make_workers(settings, database, clients, clock)
                side = WeChatSide(
                    appid=settings.wechat.appid,
                    token=settings.wechat.token,
                    aes_key=settings.wechat.aes_key,
                    original_id="gh_demo",
                    clock=clock,
                    fake=fake,
                )
                yield Desk(
                    settings,
                    database,
                    clock,
                    fake,
                    side,
                    session,
                    f"http://127.0.0.1:{server.port}",
                    workers,
                    rung,
                )
        finally:
            await inbound.receiver.drain()
            await server.close()
            await api.close()
