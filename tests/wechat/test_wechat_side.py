"""The demonstration's WeChat: pushes through a webhook, replies checked, windows opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.wechat.account import Account
from bot.wechat.push import Refused, read_push
from bot.wechat.replies import render_text
from demo.fake_wechat import FakeWeChat, Fault
from demo.wechat_side import FaultNotice, WeChatSide

Client = TestClient[web.Request, web.Application]
Clock = Callable[[], datetime]


@pytest.fixture
async def webhook(account: Account, clock: Clock) -> AsyncIterator[Client]:
    """A bot that says back what it heard, reports events, hangs once on 慢 and breaks on 坏."""
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        try:
            push = read_push(account, request.query, await request.read(), now=clock())
        except Refused as refused:
            return web.Response(status=refused.status)
        incoming = push.incoming
        text = (incoming.text or incoming.event or incoming.media_id) if incoming else ""
        heard.append(text)
        if text == "坏" or (text == "慢" and heard.count(text) < 2):
            raise web.HTTPServiceUnavailable
        return web.Response(body=render_text(account, push, text, created=clock()))

    app = web.Application()
    app.router.add_post("/wechat", answer)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_every_kind_of_push_goes_in_and_its_reply_comes_out(
    webhook: Client, side: WeChatSide
) -> None:
    pushes = {
        "灯坏了": side.compose_text("oAnn", "灯坏了"),
        "菜单": side.compose_text("oAnn", "菜单", menu_item="1"),
        "m1": side.compose_image("oAnn", "m1"),
        "m2": side.compose_voice("oAnn", "m2"),
        "m3": side.compose_video("oAnn", "m3"),
        "3栋": side.compose_location("oAnn", 30.2, 120.1, "3栋"),
        "题\nhttp://x": side.compose_link("oAnn", "题", "http://x"),
        "click": side.compose_click("oAnn", "report"),
        "view": side.compose_view("oAnn", "http://x"),
        "scan": side.compose_scan("oAnn", "grid:G1"),
        "subscribe": side.compose_subscribe("oAnn", "grid:G1"),
        "unsubscribe": side.compose_unsubscribe("oAnn"),
    }
    for expected, push in pushes.items():
        assert await side.post(webhook, "/wechat", push) == expected


async def test_success_is_no_reply(webhook: Client, side: WeChatSide) -> None:
    assert await side.post(webhook, "/wechat", side.compose_text("oAnn", "")) is None


async def test_a_webhook_that_breaks_shows_the_fault_notice(
    webhook: Client, side: WeChatSide
) -> None:
    with pytest.raises(FaultNotice):
        await side.post(webhook, "/wechat", side.compose_text("oAnn", "坏"))
    with pytest.raises(FaultNotice, match="3 tries"):
        await side.deliver(webhook, "/wechat", side.compose_text("oAnn", "坏"))


async def test_delivery_repeats_until_it_is_answered(webhook: Client, side: WeChatSide) -> None:
    assert await side.deliver(webhook, "/wechat", side.compose_text("oAnn", "慢")) == "慢"


async def test_a_push_opens_the_window_on_the_fake_platform(
    webhook: Client, account: Account, clock: Clock, fake: FakeWeChat
) -> None:
    side = WeChatSide(
        appid=account.appid, token=account.token, aes_key=account.aes_key, clock=clock, fake=fake
    )
    await side.post(webhook, "/wechat", side.compose_text("oAnn", "你好"))
    for _ in range(5):
        fake.take_allowance("oAnn")


@pytest.mark.parametrize(
    "body",
    [
        b"ok",
        b"<xml/>",
        b"<xml><Encrypt>AAAA</Encrypt></xml>",
        b"<xml><MsgType>text</MsgType><Content>plain</Content></xml>",
        b"\xff",
    ],
)
def test_a_reply_wechat_could_not_read_is_a_fault(body: bytes, side: WeChatSide) -> None:
    with pytest.raises(FaultNotice):
        side.read_reply(body, "oAnn")


def test_a_reply_to_somebody_else_is_a_fault(
    account: Account, side: WeChatSide, clock: Clock
) -> None:
    sent = side.compose_text("oAnn", "你好")
    push = read_push(account, sent.query, sent.body, now=clock())
    body = render_text(account, push, "您好", created=clock())
    with pytest.raises(FaultNotice, match="somebody else"):
        side.read_reply(body, "oBob")


def test_faults_come_in_the_order_they_were_scripted(fake: FakeWeChat) -> None:
    fake.inject("x", Fault.BUSY, times=2)
    fake.inject("x", Fault.HTML)
    seen = [fake.next_fault("x") for _ in range(4)]
    assert seen == [Fault.BUSY, Fault.BUSY, Fault.HTML, None]


def test_listeners_hear_what_is_sent(fake: FakeWeChat) -> None:
    heard: list[str] = []
    fake.listeners.append(lambda sent: heard.append(sent.text))
    fake.record("oAnn", "text", {"content": "您好"})
    assert heard == ["您好"]
