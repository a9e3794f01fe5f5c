"""The calls to the API, against the fake platform."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.wechat.account import Account
from bot.wechat.client import WeChatClient
from bot.wechat.errors import Invalid, NoConsent, NoPermission, OutOfWindow, Temporary, TooMany
from bot.wechat.menu import build_menu
from bot.wechat.tokens import MemoryTokenStore
from demo.fake_wechat import FakeWeChat

Clock = Callable[[], datetime]


async def test_words_arrive_unescaped_and_without_forbidden_characters(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.contact("oAnn", "message")
    await client.send_text("oAnn", "您的报修已受理：楼道灯\x00\ud83d 𠮷\n编号 A-1")
    assert fake.sent_to("oAnn")[0].text == "您的报修已受理：楼道灯 𠮷\n编号 A-1"


async def test_five_messages_after_a_message_and_none_without(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    with pytest.raises(OutOfWindow):
        await client.send_text("oAnn", "您好")
    fake.contact("oAnn", "message")
    for _ in range(5):
        await client.send_text("oAnn", "您好")
    with pytest.raises(TooMany):
        await client.send_text("oAnn", "您好")
    assert len(fake.sent) == 5


async def test_a_text_above_the_limit_is_final(client: WeChatClient, fake: FakeWeChat) -> None:
    fake.contact("oAnn", "message")
    with pytest.raises(Invalid) as caught:
        await client.send_text("oAnn", "字" * 700)
    assert caught.value.code == 45002


async def test_a_template_message_returns_its_number(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    number = await client.send_template("oAnn", "T1", {"thing1": "楼道灯已修好"}, "http://x/1")
    assert number == "200000001"
    assert fake.sent[0].content["data"] == {"thing1": {"value": "楼道灯已修好"}}


@pytest.mark.parametrize(
    ("name", "value"),
    [("thing1", "长" * 21), ("phrase2", "六个汉字太长"), ("character_string3", "编号")],
)
async def test_a_template_value_of_the_wrong_kind_is_final(
    name: str, value: str, client: WeChatClient
) -> None:
    with pytest.raises(Invalid) as caught:
        await client.send_template("oAnn", "T1", {name: value})
    assert caught.value.code == 47003


async def test_each_consent_is_good_for_one_notice(client: WeChatClient, fake: FakeWeChat) -> None:
    fake.consent("oAnn", "T2")
    await client.send_subscribe("oAnn", "T2", {"thing1": "周六集合"})
    with pytest.raises(NoConsent):
        await client.send_subscribe("oAnn", "T2", {"thing1": "周六集合"})


async def test_what_the_account_may_not_do_is_not_even_tried(fake: FakeWeChat) -> None:
    account = Account("", "wx1", "s", "t", capabilities=frozenset())
    async with aiohttp.ClientSession() as session:
        client = WeChatClient(session, account, MemoryTokenStore())
        for call in (
            client.send_text("oAnn", "您好"),
            client.send_template("oAnn", "T", {}),
            client.send_subscribe("oAnn", "T", {}),
        ):
            with pytest.raises(NoPermission):
                await call


async def test_a_picture_uploaded_is_the_picture_sent_and_downloaded(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.contact("oAnn", "message")
    media_id = await client.upload_media("image", b"\xff\xd8picture", "a.jpg", "image/jpeg")
    await client.send_image("oAnn", media_id)
    media = await client.get_media(media_id)
    assert (media.data, media.content_type) == (b"\xff\xd8picture", "image/jpeg")
    assert fake.sent[0].content == {"media_id": media_id}


async def test_the_address_of_a_video_is_followed(client: WeChatClient, fake: FakeWeChat) -> None:
    media = await client.get_media(fake.add_media(b"moving", "video/mp4"))
    assert (media.data, media.content_type) == (b"moving", "video/mp4")


async def test_a_lost_file_is_an_error_though_the_status_is_200(client: WeChatClient) -> None:
    with pytest.raises(Invalid) as caught:
        await client.get_media("gone")
    assert caught.value.code == 40007


async def test_a_menu_is_published(client: WeChatClient, fake: FakeWeChat) -> None:
    menu = build_menu([{"name": "我要反映", "key": "report"}])
    await client.create_menu(menu)
    assert fake.menu == {"button": [{"type": "click", "name": "我要反映", "key": "report"}]}


async def test_qr_codes_for_good_and_for_a_while(
    client: WeChatClient, fake: FakeWeChat, clock: Clock
) -> None:
    lasting = await client.create_qr("grid:G1")
    passing = await client.create_qr("activity:7", seconds=3600)
    assert lasting.expires_at is None
    assert passing.expires_at == clock() + timedelta(hours=1)
    assert fake.scenes == {lasting.ticket: "grid:G1", passing.ticket: "activity:7"}


@pytest.mark.parametrize(
    ("scene", "seconds"), [("", None), ("x" * 65, None), ("x", 0), ("x", 2592001)]
)
async def test_an_impossible_qr_code_is_not_asked_for(
    scene: str, seconds: int | None, client: WeChatClient
) -> None:
    with pytest.raises(ValueError, match="scene"):
        await client.create_qr(scene, seconds=seconds)


async def test_a_tag_is_made_once_and_put_on_any_number_of_residents(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    tag = await client.create_tag("第一网格")
    assert await client.create_tag("第一网格") == tag
    await client.tag_members(tag, [f"o{number}" for number in range(120)])
    assert fake.calls["tags/members/batchtagging"] == 3
    assert len(fake.tagged) == 120


async def test_a_resident_is_a_follower_or_not(client: WeChatClient, fake: FakeWeChat) -> None:
    fake.follow("oAnn", "grid:G1")
    here, gone = await client.user_info("oAnn"), await client.user_info("oBob")
    assert (here.follows, here.scene, gone.follows) == (True, "grid:G1", False)


async def test_a_name_with_control_characters_does_not_break_the_answer(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.tags["老\x01友\ufffe"] = 7
    assert (await client.tags())["老\x01友\ufffe"] == 7


async def test_a_platform_that_cannot_be_reached_is_temporary() -> None:
    account = Account("", "wx1", "s", "t", api_base="http://127.0.0.1:9")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Temporary):
            await WeChatClient(session, account, MemoryTokenStore()).send_text("oAnn", "您好")
