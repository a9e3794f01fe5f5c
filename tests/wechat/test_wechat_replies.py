"""What goes back in the answer to a push."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.account import Account
from bot.wechat.push import Push, read_push
from bot.wechat.replies import SUCCESS, TEXT_BYTES, fit_text, render_text
from demo.wechat_side import FaultNotice, WeChatSide

Clock = Callable[[], datetime]
OLD_KEY = "Z" * 43
LETTER = (
    "第一段说明情况。" * 40 + "\n\n" + "第二段说明办法！" * 40 + "\n" + "第三段，联系方式；" * 60
)


@pytest.fixture
def push(account: Account, side: WeChatSide, clock: Clock) -> Push:
    sent = side.compose_text("oAnn", "你好")
    return read_push(account, sent.query, sent.body, now=clock())


@pytest.mark.parametrize("text", ["您好", "a]]>b]]]]>", "<xml>&", "𠮷👵🏼", "一\n二"])
def test_wechat_reads_what_was_said(
    text: str, account: Account, push: Push, side: WeChatSide, clock: Clock
) -> None:
    assert side.read_reply(render_text(account, push, text, created=clock()), "oAnn") == text


def test_forbidden_characters_and_lone_surrogates_are_left_out(
    account: Account, push: Push, side: WeChatSide, clock: Clock
) -> None:
    body = render_text(account, push, "您\x00\x0b\ud83d\ufffe好\t。", created=clock())
    assert side.read_reply(body, "oAnn") == "您好\t。"


@pytest.mark.parametrize("text", ["", " \n", "\x00"])
def test_nothing_to_say_is_success_and_not_an_empty_text(
    text: str, account: Account, push: Push, clock: Clock
) -> None:
    assert render_text(account, push, text, created=clock()) == SUCCESS


def test_a_push_without_names_is_answered_with_success(account: Account, clock: Clock) -> None:
    unreadable = Push(None, "?", sealed=True, key_used=account.aes_key)
    assert render_text(account, unreadable, "您好", created=clock()) == SUCCESS


def test_a_text_above_the_limit_is_not_rendered(account: Account, push: Push, clock: Clock) -> None:
    assert render_text(account, push, "x" * TEXT_BYTES, created=clock())
    with pytest.raises(ValueError, match="2048"):
        render_text(account, push, "字" * 683, created=clock())


def test_the_reply_is_sealed_with_the_key_that_opened(account: Account, clock: Clock) -> None:
    turning = Account("", account.appid, "", account.token, account.aes_key, OLD_KEY)
    old = WeChatSide(appid=account.appid, token=account.token, aes_key=OLD_KEY, clock=clock)
    new = WeChatSide(appid=account.appid, token=account.token, aes_key=account.aes_key, clock=clock)
    sent = old.compose_text("oAnn", "你好")
    push = read_push(turning, sent.query, sent.body, now=clock())
    body = render_text(turning, push, "您好", created=clock())
    assert old.read_reply(body, "oAnn") == "您好"
    with pytest.raises(FaultNotice):
        new.read_reply(body, "oAnn")


def test_plain_mode_is_answered_in_plain_xml(
    plain_account: Account, plain_side: WeChatSide, clock: Clock
) -> None:
    sent = plain_side.compose_text("oAnn", "你好")
    push = read_push(plain_account, sent.query, sent.body, now=clock())
    body = render_text(plain_account, push, "您好", created=clock())
    assert f"<CreateTime>{int(clock().timestamp())}</CreateTime>".encode() in body
    assert plain_side.read_reply(body, "oAnn") == "您好"


def test_a_letter_is_parted_where_a_reader_would_pause() -> None:
    pieces = fit_text(LETTER)
    assert all(len(piece.encode()) <= TEXT_BYTES for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(LETTER.split())
    assert all(piece[-1] in "。！；，" for piece in pieces)


def test_short_texts_stay_whole_and_empty_ones_vanish() -> None:
    assert fit_text(" 您好 ") == ["您好"]
    assert fit_text("\x00 \n") == []


def test_a_character_and_its_marks_stay_together() -> None:
    family = "👨\u200d👩\u200d👧"
    pieces = fit_text(family * 20, limit=100)
    assert "".join(pieces) == family * 20
    assert not any(piece.startswith("\u200d") or piece.endswith("\u200d") for piece in pieces)


@given(st.text(max_size=400), st.integers(min_value=8, max_value=200))
def test_no_piece_is_above_the_limit_and_nothing_but_space_is_lost(text: str, limit: int) -> None:
    pieces = fit_text(text, limit)
    whole = "".join(fit_text(text, 10_000))
    assert all(0 < len(piece.encode()) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(whole.split())
