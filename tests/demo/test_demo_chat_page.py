"""The simulator's routes, over the signed webhook of a small world."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from demo.chat_page import PAGES, add_chat_page
from dialogue.messages import Kind
from tests.demo.demo_world import MENU, Page, World

WORDS = [
    ("text", {"text": "灯坏了"}, Kind.TEXT, {"text": "灯坏了"}),
    ("voice", {"text": "灯坏了", "transcript": True}, Kind.VOICE, {"text": "灯坏了"}),
    ("voice", {"text": "灯坏了", "transcript": False}, Kind.VOICE, {"text": ""}),
    (
        "location",
        {"latitude": 30.25, "longitude": 120.5, "name": "东门"},
        Kind.LOCATION,
        {"latitude": 30.25, "longitude": 120.5, "text": "东门"},
    ),
    ("menu", {"key": "track"}, Kind.EVENT, {"event": "click", "event_key": "track"}),
    ("menu", {"key": "http://127.0.0.1/public"}, Kind.EVENT, {"event": "view"}),
    ("scan", {"scene": "grid:G1"}, Kind.EVENT, {"event": "scan", "event_key": "grid:G1"}),
    ("unfollow", {}, Kind.EVENT, {"event": "unsubscribe"}),
]


@pytest.mark.parametrize(("kind", "deed", "expected", "fields"), WORDS)
async def test_each_deed_reaches_the_webhook_as_the_push_wechat_would_send(
    page: Page, kind: str, deed: dict[str, Any], expected: Kind, fields: dict[str, Any]
) -> None:
    answer = await page.push("wang", kind, **deed)
    assert answer.status == 204
    (incoming,) = page.world.heard
    assert (incoming.openid, incoming.kind) == ("wang", expected)
    assert {name: getattr(incoming, name) for name in fields} == fields


async def test_the_reply_and_what_went_over_the_wire_come_down_the_stream(page: Page) -> None:
    page.world.answers = ["记下了。1 提交　0 取消"]
    await page.push("wang", "text", text="灯坏了")
    events = await page.live_events(3)
    assert [name for name, _ in events] == ["message", "message", "trace"]
    assert [(body["mine"], body["text"]) for _, body in events[:2]] == [
        (True, "灯坏了"),
        (False, "记下了。1 提交　0 取消"),
    ]
    trace = events[2][1]
    assert trace["how"] == "被动回复"
    assert dict(trace["facts"])["模式"].startswith("安全模式")


async def test_a_lost_stream_goes_on_after_the_last_event_seen(page: Page) -> None:
    await page.push("wang", "text", text="一")
    ((_, body),) = await page.live_events(1, after=2)
    assert body["what"] == "文字"


async def test_a_visitor_who_leaves_is_no_error(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    await page.push("wang", "text", text="一")
    await page.live_events(1)
    await page.push("wang", "text", text="二")
    await page.push("wang", "text", text="三")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_success_without_a_reply_shows_no_bubble(page: Page) -> None:
    page.world.answers = [None]
    await page.push("wang", "text", text="等一会儿")
    assert [message["mine"] for message in await page.messages()] == [True]


async def test_what_the_account_sends_by_itself_arrives_as_bubble_or_card(page: Page) -> None:
    fake = page.world.fake
    data = {"thing1": {"value": "楼道照明"}, "phrase2": {"value": "已办结"}}
    fake.record("li", "text", {"content": "您反映的事办好了"})
    fake.record("li", "template", {"template_id": "T1", "data": data, "url": "http://x.example/1"})
    fake.record("stranger", "text", {"content": "不在这里"})
    bubble, card = await page.messages()
    assert (bubble["kind"], bubble["text"]) == ("text", "您反映的事办好了")
    assert (card["title"], card["url"]) == ("办件进度提醒", "http://x.example/1")
    assert card["rows"] == [["事项名称", "楼道照明"], ["状态", "已办结"]]


async def test_a_webhook_that_fails_shows_what_wechat_shows(page: Page) -> None:
    page.world.failing = True
    await page.push("wang", "text", text="在吗")
    assert (await page.messages())[-1]["text"] == "该公众号提供的服务出现故障，请稍后再试"
    assert (await page.state())["traces"][-1]["failed"] is True


async def test_a_sample_photo_is_a_picture_with_a_place_in_it_that_the_bot_can_fetch(
    page: Page,
) -> None:
    await page.push("wang", "photo", sample="lamp")
    (incoming,) = page.world.heard
    content, content_type = page.world.fake.media[incoming.media_id]
    assert content_type == "image/jpeg"
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)[1] == "N"
    shown = await page.client.get((await page.messages())[0]["url"])
    assert await shown.read() == content


async def test_ones_own_photo_goes_up_as_it_is_and_other_files_do_not(page: Page) -> None:
    headers = {"Origin": page.origin, "Content-Type": "image/png"}
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    good = await page.client.post("/demo/photo?as=wang", data=out.getvalue(), headers=headers)
    bad = await page.client.post("/demo/photo?as=wang", data=b"<svg/>", headers=headers)
    assert (good.status, bad.status) == (204, 409)
    assert "不是照片" in await bad.text()
    assert [incoming.kind for incoming in page.world.heard] == [Kind.IMAGE]


async def test_a_photo_above_the_limit_is_refused(page: Page) -> None:
    content = io.BytesIO(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))
    answer = await page.client.post(
        "/demo/photo?as=wang", data=content, headers={"Origin": page.origin}
    )
    assert answer.status == 413


async def test_without_following_one_can_only_follow_or_scan(page: Page) -> None:
    refused = await page.push("new", "text", text="你好")
    assert (refused.status, page.world.heard) == (409, [])
    await page.push("new", "scan", scene="grid:G1")
    (incoming,) = page.world.heard
    assert incoming.event == "subscribe"
    assert "grid:G1" in incoming.event_key
    assert (await page.state())["personas"][2]["following"] is True


@pytest.mark.parametrize(
    "deed",
    [
        {"as": "nobody", "kind": "text", "text": "x"},
        {"as": "wang", "kind": "dance"},
        {"as": "wang", "kind": "text", "text": "   "},
        {"as": "wang", "kind": "text", "text": 5},
        {"as": "wang", "kind": "text", "text": "长" * 2001},
        {"as": "wang", "kind": "photo", "sample": "none"},
        {"as": "wang", "kind": "location", "latitude": 91, "longitude": 0},
        {"as": "wang", "kind": "location", "latitude": "北", "longitude": 0},
        {"as": "wang", "kind": "scan", "scene": "s" * 65},
    ],
)
async def test_what_a_phone_cannot_do_is_refused_with_a_reason(
    page: Page, deed: dict[str, Any]
) -> None:
    answer = await page.client.post("/demo/push", json=deed, headers={"Origin": page.origin})
    assert answer.status == 409
    assert await answer.text()
    assert page.world.heard == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'"x"', b"\xff"])
async def test_a_body_that_is_no_deed_is_a_bad_request(page: Page, body: bytes) -> None:
    answer = await page.client.post("/demo/push", data=body, headers={"Origin": page.origin})
    assert answer.status == 400


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
async def test_a_post_from_another_page_is_refused(page: Page, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    for path in ("/demo/push", "/demo/photo?as=wang"):
        answer = await page.client.post(path, data=b"\xff\xd8\xff", headers=headers)
        assert answer.status == 403
    assert page.world.heard == []


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.1:8080", "127.0.0.1.evil.example", "[:"])
async def test_a_name_pointed_to_this_machine_opens_nothing(page: Page, host: str) -> None:
    for path in ("/demo", "/demo/state", "/demo/live"):
        assert (await page.client.get(path, headers={"Host": host})).status in {400, 403}


async def test_the_page_allows_only_its_own_files(page: Page) -> None:
    answer = await page.client.get("/demo")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for address in re.findall(r'(?:src|href)="([^"#]+)', await answer.text()):
        path = address.partition("#")[0]
        assert path.startswith("/demo/pages/")
        assert (await page.client.get(path)).status == 200


@pytest.mark.parametrize("name", ["..%2Fchat_page.py", "chat.html", "none.js"])
async def test_no_other_file_is_served(page: Page, name: str) -> None:
    assert (await page.client.get(f"/demo/pages/{name}")).status == 404


@pytest.mark.parametrize("path", sorted(PAGES.iterdir()), ids=lambda path: path.name)
def test_no_page_names_another_host_or_writes_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://\w", text)
    assert not re.search(r"innerHTML|insertAdjacentHTML|eval\(|style=\"|<script>", text)


async def test_the_menu_of_the_account_is_shown_level_by_level(page: Page) -> None:
    first, second = (await page.state())["menu"]
    assert [item["key"] for item in first["items"]] == ["track"]
    assert (second["items"], second["key"]) == ([], "http://127.0.0.1/public")


async def test_only_pages_that_the_server_has_are_linked(page: Page) -> None:
    assert [link["href"] for link in (await page.state())["links"]] == ["/console"]


def test_a_simulator_without_residents_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="persona"):
        add_chat_page(web.Application(), world.side(), world.fake, (), MENU)
