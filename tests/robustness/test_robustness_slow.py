"""Turns that take too long, and turns that fail: the resident hears in any case, and once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.receive import Patience, Receiver
from bot.turn import TurnTaker
from bot.webhook import Door, Webhook
from commands import assembly
from demo.wechat_side import SignedPush
from handlers import SERVICES
from handlers.registry import Registry
from intents import Decision, Understander
from storage.desk import QueueItem
from storage.messages import InboundMessage, OutboxMessage
from tests.desk import Desk, open_desk

SLOW, FAILING = "这句话要想很久很久才明白", "这句话会让程序出错"
BRIEF = Patience(deadline=0.15, hold=0.2)


@dataclass
class Thinker:
    """An understander that thinks about one sentence until released, and fails at another."""

    inner: Understander
    started: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def classify(self, text: str) -> Decision:
        if text == SLOW:
            self.started.set()
            self.release.wait(20)
        if text == FAILING:
            raise RuntimeError("王秀兰 13800138000")
        return self.inner.classify(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass(frozen=True, slots=True)
class Scene:
    """A desk with a webhook of its own at `url`, whose understander is `thinker`."""

    desk: Desk
    thinker: Thinker
    url: str

    async def post(self, push: SignedPush) -> str | None:
        """The reply, or None for an acknowledgement; raises ClientError where it hung up."""
        return await self.desk.side.post(self.desk.session, self.url, push)

    def rows(self) -> list[InboundMessage]:
        return list(self.desk.look(lambda s: s.scalars(select(InboundMessage)).all()))

    async def stored(self) -> list[InboundMessage]:
        """The rows as soon as there are any: a turn goes on when nobody waits for it."""
        async with asyncio.timeout(60):
            while not (rows := self.rows()):
                await asyncio.sleep(0.001)
        return rows


@asynccontextmanager
async def webhook(desk: Desk, thinker: Thinker, patience: Patience) -> AsyncIterator[Scene]:
    """A second webhook of the desk, with an understander of its own."""
    world = assembly.make_world(desk.settings, cast("Understander", thinker))
    taker = TurnTaker(Registry(SERVICES), world, {"": "demo"}, desk.clock)
    receiver = Receiver(desk.database, taker, desk.clock, patience, lambda: None)
    account, _ = assembly.accounts_of(desk.settings)[""]
    app = web.Application()
    app.add_routes(Webhook({"": Door(account)}, receiver, desk.clock).routes())
    server = TestServer(app)
    await server.start_server()
    yield Scene(desk, thinker, f"http://127.0.0.1:{server.port}/wechat")
    thinker.release.set()
    await receiver.drain()
    await server.close()


@pytest.fixture
def thinker(understander: Understander) -> Iterator[Thinker]:
    made = Thinker(understander)
    yield made
    made.release.set()


@pytest.fixture
async def scene(
    database_url: str, thinker: Thinker, understander: Understander, tmp_path: Path
) -> AsyncIterator[Scene]:
    async with (
        open_desk(database_url, understander, tmp_path) as desk,
        webhook(desk, thinker, BRIEF) as opened,
    ):
        yield opened


@pytest.fixture
async def patient(
    database_url: str, thinker: Thinker, understander: Understander, tmp_path: Path
) -> AsyncIterator[Scene]:
    async with (
        open_desk(database_url, understander, tmp_path) as desk,
        webhook(desk, thinker, Patience()) as opened,
    ):
        yield opened


async def test_a_slow_turn_is_left_to_be_repeated_and_the_repeat_collects_its_reply(
    scene: Scene,
) -> None:
    """No permission of the account is needed for that: both are passive replies."""
    push = scene.desk.side.compose_text("oAnn", SLOW)
    with pytest.raises(aiohttp.ClientError):
        await scene.post(push)
    scene.thinker.release.set()
    replies = [await scene.post(scene.desk.side.again(push)) for _ in range(2)]
    assert replies[0]
    assert replies[0] == replies[1]
    assert [row.reply for row in scene.rows()] == [replies[0]]


async def test_a_repeat_that_comes_while_the_turn_runs_shares_its_result(scene: Scene) -> None:
    push = scene.desk.side.compose_text("oAnn", SLOW)
    posts = [asyncio.create_task(scene.post(copy)) for copy in (push, scene.desk.side.again(push))]
    await asyncio.to_thread(scene.thinker.started.wait, 10)
    scene.thinker.release.set()
    first, second = await asyncio.gather(*posts)
    assert first
    assert first == second
    assert len(scene.rows()) == 1


async def test_the_last_try_is_acknowledged_and_the_reply_comes_by_the_outbox(
    scene: Scene,
) -> None:
    """Never three silent tries."""
    desk = scene.desk
    push = desk.side.compose_text("oAnn", SLOW)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await scene.post(desk.side.again(push))
        desk.clock.forward(seconds=5)
    desk.clock.forward(seconds=4)
    assert await scene.post(desk.side.again(push)) is None
    scene.thinker.release.set()
    (row,) = await scene.stored()
    assert row.late
    assert await scene.post(desk.side.again(push)) is None
    await desk.deliver()
    assert [sent.text for sent in desk.fake.sent_to("oAnn")] == [row.reply]


async def test_a_message_that_was_under_way_too_long_is_answered_by_the_outbox(
    scene: Scene,
) -> None:
    """WeChat repeats it no more: a passive reply would reach nobody."""
    desk = scene.desk
    push = desk.side.compose_text("oAnn", "您好")
    desk.clock.now += timedelta(seconds=14)
    assert await scene.post(desk.side.again(push)) is None
    (row,) = await scene.stored()
    sent = desk.look(lambda s: s.scalars(select(OutboxMessage)).all())
    assert (row.late, row.reply) == (True, sent[0].text)
    assert len(sent) == 1


async def test_a_failing_turn_is_kept_shown_to_the_staff_and_answered_politely(
    patient: Scene,
) -> None:
    """The repeat gets the same words; what the error said is stored nowhere."""
    push = patient.desk.side.compose_text("oAnn", FAILING)
    replies = [await patient.post(copy) for copy in (push, patient.desk.side.again(push))]
    (row,) = patient.rows()
    items = patient.desk.look(lambda s: s.scalars(select(QueueItem)).all())
    assert replies[0]
    assert "工作人员" in replies[0]
    assert replies[0] == replies[1] == row.reply
    assert (row.text, row.error) == (FAILING, "RuntimeError")
    assert [(item.kind, item.inbound_id, item.state) for item in items] == [
        ("failure", row.id, "open")
    ]
    assert not any("138" in str(value) for value in (row.error, row.trace, items[0].title))


async def test_after_a_failing_turn_the_conversation_goes_on(patient: Scene) -> None:
    await patient.post(patient.desk.side.compose_text("oAnn", FAILING))
    assert await patient.post(patient.desk.side.compose_text("oAnn", "您好"))
    assert [row.error for row in patient.rows()] == ["RuntimeError", None]
