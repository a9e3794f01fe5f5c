"""Every way a call fails, and what that means for the message: done, not done, or unknown."""

from __future__ import annotations

import asyncio

import pytest

from bot.wechat.client import WeChatClient
from bot.wechat.errors import (
    Ambiguous,
    ApiError,
    Invalid,
    Misconfigured,
    NoConsent,
    NoPermission,
    OutOfWindow,
    QuotaUsed,
    Temporary,
    TooMany,
    error_for,
)
from demo.fake_wechat import FakeWeChat, Fault

SEND, MEDIA, FETCH = "message/custom/send", "media/get", "stable_token"


@pytest.fixture(autouse=True)
def in_touch(fake: FakeWeChat) -> None:
    fake.contact("oAnn", "message")


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (Fault.HTTP_500, Temporary, 0),
        (Fault.HTML, Temporary, 0),
        (Fault.BUSY, Temporary, 0),
        (Fault.QUOTA, QuotaUsed, 0),
        (Fault.OUT_OF_WINDOW, OutOfWindow, 0),
        (Fault.TOO_MANY, TooMany, 0),
        (Fault.NO_PERMISSION, NoPermission, 0),
        (Fault.HANG_BEFORE, Ambiguous, 0),
        (Fault.HANG_AFTER, Ambiguous, 1),
        (Fault.RESET_BEFORE, Ambiguous, 0),
        (Fault.RESET_AFTER, Ambiguous, 1),
    ],
)
async def test_a_message_meets_a_fault_and_the_next_one_goes_out(
    fault: Fault, error: type[ApiError], done: int, client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.inject(SEND, fault)
    with pytest.raises(error) as caught:
        await client.send_text("oAnn", "第一条")
    assert type(caught.value) is error
    assert len(fake.sent) == done
    await client.send_text("oAnn", "第二条")
    assert [sent.text for sent in fake.sent][done:] == ["第二条"]


@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE, Fault.RESET_AFTER, Fault.HTML, Fault.BUSY])
async def test_a_download_that_fails_may_simply_be_repeated(
    fault: Fault, client: WeChatClient, fake: FakeWeChat
) -> None:
    media_id = fake.add_media(b"picture", "image/jpeg")
    fake.inject(MEDIA, fault, times=None)
    with pytest.raises(Temporary):
        await client.get_media(media_id)
    fake.heal()
    assert (await client.get_media(media_id)).data == b"picture"


@pytest.mark.parametrize(
    "fault", [Fault.HANG_BEFORE, Fault.RESET_AFTER, Fault.HTML, Fault.HTTP_500, Fault.BUSY]
)
async def test_a_message_for_which_no_token_could_be_had_was_certainly_not_sent(
    fault: Fault, client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.inject(FETCH, fault)
    with pytest.raises(Temporary):
        await client.send_text("oAnn", "您好")
    assert fake.calls[SEND] == 0


async def test_a_token_refused_once_is_fetched_anew_and_the_message_arrives_once(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.inject(SEND, Fault.BAD_CREDENTIAL)
    await client.send_text("oAnn", "您好")
    assert (len(fake.sent), fake.token_fetches, fake.calls[SEND]) == (1, 2, 2)


async def test_a_token_refused_for_good_costs_one_fetch_and_one_repeat(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.inject(SEND, Fault.BAD_CREDENTIAL, times=None)
    with pytest.raises(Misconfigured):
        await client.send_text("oAnn", "您好")
    assert (fake.token_fetches, fake.calls[SEND]) == (2, 2)
    fake.heal()
    await client.send_text("oAnn", "您好")
    assert fake.token_fetches == 2


async def test_forty_refused_at_once_share_one_new_token(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.enforce_windows = False
    await client.send_text("oAnn", "0")
    fake.revoke_tokens()
    await asyncio.gather(*(client.send_text("oAnn", str(number)) for number in range(40)))
    assert (len(fake.sent), fake.token_fetches) == (41, 2)


async def test_a_wrong_secret_is_a_matter_for_the_administrator(
    client: WeChatClient, fake: FakeWeChat
) -> None:
    fake.secret = "changed"
    with pytest.raises(Misconfigured) as caught:
        await client.send_text("oAnn", "您好")
    assert caught.value.code == 40125


async def test_no_error_shows_the_token(client: WeChatClient, fake: FakeWeChat) -> None:
    token = fake.stable_token()["access_token"]
    for fault in (Fault.HANG_BEFORE, Fault.RESET_AFTER, Fault.HTML, Fault.HTTP_500):
        fake.inject(SEND, fault)
        with pytest.raises(ApiError) as caught:
            await client.send_text("oAnn", "您好")
        assert token not in str(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-1, Temporary),
        (45011, Temporary),
        (40001, Misconfigured),
        (42001, Misconfigured),
        (40164, Misconfigured),
        (45009, QuotaUsed),
        (45015, OutOfWindow),
        (45047, TooMany),
        (48001, NoPermission),
        (43101, NoConsent),
        (43004, NoConsent),
        (47003, Invalid),
        (99999, Invalid),
    ],
)
def test_every_code_tells_what_to_do(code: int, error: type[ApiError]) -> None:
    raised = error_for(code, "reason")
    assert type(raised) is error
    assert (raised.code, str(raised)) == (code, f"{code} reason")
