"""The chat in the terminal: a line in, a block out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from demo.chat_log import ChatLog
from demo.chat_phone import Phone
from demo.chat_terminal import LineError, Terminal, block_of, read_line
from demo.wechat_side import SignedPush
from tests.demo.demo_world import PERSONAS, World


async def each(lines: Iterable[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def talk(world: World, *lines: str) -> tuple[str, bool]:
    """What the terminal writes for `lines`, and whether something failed."""
    app = web.Application()
    app.router.add_post("/wechat", world.webhook)
    side, log = world.side(), ChatLog()
    written: list[str] = []
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:

        async def deliver(push: SignedPush) -> str | None:
            return await side.deliver(client, "/wechat", push)

        phone = Phone(side, world.fake, PERSONAS, log)
        terminal = Terminal(phone, log, deliver, "wang", written.append)
        await terminal.converse(each(lines))
    return "".join(written), terminal.failed


async def test_each_line_is_a_message_and_each_reply_a_block(world: World) -> None:
    world.answers = ["记下了。\n1 提交　0 取消", "已受理。"]
    written, failed = await talk(world, "灯坏了\n", "\n", "1\n")
    assert written == "记下了。\n1 提交　0 取消\n\n已受理。\n\n"
    assert not failed
    assert [incoming.text for incoming in world.heard] == ["灯坏了", "1"]


async def test_silence_is_told(world: World) -> None:
    world.answers = [None]
    written, failed = await talk(world, "嗯")
    assert (written, failed) == ("（没有回复）\n\n", False)


async def test_what_the_bot_sends_meanwhile_is_written_too(world: World) -> None:
    async def lines() -> AsyncIterator[str]:
        yield "你好"
        world.fake.record("wang", "text", {"content": "师傅已出发"})
        world.fake.record("li", "text", {"content": "给别人的"})
        yield "谢谢"

    world.answers = ["您好。", "不客气。"]
    app = web.Application()
    app.router.add_post("/wechat", world.webhook)
    side, log = world.side(), ChatLog()
    written: list[str] = []
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:

        async def deliver(push: SignedPush) -> str | None:
            return await side.deliver(client, "/wechat", push)

        phone = Phone(side, world.fake, PERSONAS, log)
        await Terminal(phone, log, deliver, "wang", written.append).converse(lines())
    assert written == ["您好。\n\n", "师傅已出发\n\n", "不客气。\n\n"]


async def test_a_line_that_cannot_be_read_says_how_and_the_next_one_goes_on(world: World) -> None:
    written, failed = await talk(world, "/location 北 南", "你好")
    assert written.startswith("！/location 纬度 经度 地名")
    assert written.endswith("听到：你好\n\n")
    assert failed


async def test_a_webhook_that_fails_shows_the_notice_and_counts_as_failure(world: World) -> None:
    world.failing = True
    written, failed = await talk(world, "在吗")
    assert "该公众号提供的服务出现故障" in written
    assert failed


async def test_a_photo_is_read_from_its_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xd9")
    await talk(world, f"/photo {path}")
    assert world.fake.media[world.heard[0].media_id] == (b"\xff\xd8\xff\xd9", "image/jpeg")


LINES = [
    ("你好", {"kind": "text", "text": "你好"}),
    ("//photo 是什么", {"kind": "text", "text": "/photo 是什么"}),
    ("/scan place:B3U2", {"kind": "scan", "scene": "place:B3U2"}),
    ("/menu track", {"kind": "menu", "key": "track"}),
    ("/voice 灯坏了", {"kind": "voice", "text": "灯坏了"}),
    ("/follow", {"kind": "follow"}),
    ("/unfollow ", {"kind": "unfollow"}),
    (
        "/location 30.2 120.1 3栋 门口",
        {"kind": "location", "latitude": 30.2, "longitude": 120.1, "name": "3栋 门口"},
    ),
    (
        "/location 30.2 120.1",
        {"kind": "location", "latitude": 30.2, "longitude": 120.1, "name": ""},
    ),
]


@pytest.mark.parametrize(("line", "deed"), LINES)
def test_a_line_is_read_as_the_deed_it_names(line: str, deed: dict[str, Any]) -> None:
    assert read_line(line) == deed


@pytest.mark.parametrize(
    "line", ["/dance", "/scan", "/menu ", "/follow me", "/location 1", "/photo /no/such/file"]
)
def test_a_command_that_is_wrong_is_explained(line: str) -> None:
    with pytest.raises(LineError, match="/"):
        read_line(line)


def test_a_card_is_written_with_its_title_and_rows() -> None:
    card = {"kind": "card", "title": "进度", "text": "", "rows": [["编号", "1042-7"]]}
    assert block_of(card) == "【进度】\n编号：1042-7"
