"""Residents beside the console: their phones reach the webhook over the console's database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands import assembly
from demo.wechat_side import WeChatSide
from intents import Understander
from services import residents
from storage.communities import Community
from storage.register import RegisteredPerson
from tests.console.world import Console
from tests.desk import demo_settings
from tests.stories.manners import faults


def openid(number: int) -> str:
    return f"v{number}"


@dataclass(frozen=True)
class Village:
    """The phones of the residents P1, P2 … of the register."""

    side: WeChatSide
    session: aiohttp.ClientSession
    url: str

    async def say(self, number: int, *texts: str) -> str:
        """Says one text after another; the last reply, each of which keeps the manners."""
        reply = ""
        for text in texts:
            push = self.side.compose_text(openid(number), text)
            reply = await self.side.post(self.session, self.url, push) or ""
            assert reply, f"silence after {text!r}"
            assert not faults(reply), (faults(reply), reply)
        return reply

    async def tap(self, number: int, before: str, *labels: str) -> str:
        """Says something, then taps what is called so in each list that comes."""
        reply = await self.say(number, before)
        for label in labels:
            found = re.search(rf"(\d+) {re.escape(label)}", reply)
            assert found, f"{label!r} is not offered in {reply!r}"
            reply = await self.say(number, found[1])
        return reply


def settle(session: Session, console: Console, people: int) -> None:
    """Gives people of the register an account each."""
    community = session.scalars(select(Community).where(Community.code == "demo")).one()
    for number in range(1, people + 1):
        resident = residents.meet(session, community.id, "", openid(number), console.clock())
        residents.dialog_of(session, resident, console.clock())
        wanted = select(RegisteredPerson).where(RegisteredPerson.code == f"P{number}")
        session.scalars(wanted).one().resident_id = resident.id


@asynccontextmanager
async def open_village(
    console: Console, understander: Understander, folder: Path, people: int = 6
) -> AsyncIterator[Village]:
    """Opens the webhook over the console's database, by the console's clock."""
    settings = demo_settings("sqlite://", folder)
    world = assembly.make_world(settings, understander)
    inbound = assembly.make_inbound(settings, console.database, world, console.clock, lambda: None)
    app = web.Application()
    app.add_routes(inbound.webhook.routes())
    server = TestServer(app)
    await server.start_server()
    console.write(lambda session: settle(session, console, people))
    chat = settings.wechat
    side = WeChatSide(
        appid=chat.appid,
        token=chat.token,
        aes_key=chat.aes_key,
        original_id="gh_demo",
        clock=console.clock,
    )
    try:
        async with aiohttp.ClientSession() as session:
            yield Village(side, session, str(server.make_url("/wechat")))
    finally:
        await inbound.receiver.drain()
        await server.close()
