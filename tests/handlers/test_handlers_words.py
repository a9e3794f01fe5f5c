"""Places and phone numbers in the words of residents."""

from __future__ import annotations

import pytest

from handlers.report import OPENING, rule
from handlers.words import has_words, place_span, same_words, without_phone


@pytest.mark.parametrize(
    ("text", "said", "piece"),
    [
        ("3栋2单元灯坏了", "3栋2单元", "3栋2单元"),
        ("三棟二單元燈壞了", "3栋2单元", "三棟二單元"),
        ("灯坏了，在三号楼二单元三楼", "3号楼2单元3楼", "三号楼二单元三楼"),
        ("😡😡三栋灯坏了", "3栋", "三栋"),
        ("灯坏了", "3栋", None),
        ("灯坏了", "", None),
    ],
)
def test_the_place_is_found_in_the_words_as_written(
    text: str, said: str, piece: str | None
) -> None:
    """A place read from the plain form of a text is found in the text itself."""
    span = place_span(text, said)
    assert (text[span[0] : span[1]] if span else None) == piece


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("3栋灯坏了，我电话13800138000", "3栋灯坏了"),
        ("3栋灯坏了 联系电话：138 0013 8000", "3栋灯坏了"),
        ("我的手机号是13800138000。3栋灯坏了", "。3栋灯坏了"),
        ("3栋灯坏了，打我手机一三八零零一三八〇〇〇", "3栋灯坏了，打"),
        ("3栋2单元301灯坏了", "3栋2单元301灯坏了"),
    ],
)
def test_a_phone_number_is_taken_out_of_the_words(text: str, rest: str) -> None:
    """The number goes with the words that announce it; house numbers stay."""
    assert without_phone(text, {"phone": "13800138000"}) == rest
    assert without_phone(text, {}) == text


@pytest.mark.parametrize("text", ["[微笑]", "😀", "。。。", "", "\u200b", "1"])
def test_signs_alone_are_no_words(text: str) -> None:
    """Stickers, emoji, punctuation and a single digit say nothing."""
    assert not has_words(text)


def test_the_same_words_again() -> None:
    """A repeat is recognised in other characters too."""
    assert same_words("三棟燈壞了", "3栋灯坏了，好几天")
    assert not same_words("还有味道", "3栋灯坏了")


@pytest.mark.parametrize("text", ["我想反映个事", "我要报修", "有件事想说", "你好，我要投诉"])
def test_an_opening_tells_nothing_yet(text: str) -> None:
    """Words that only open a report are asked what it is about."""
    assert rule(text) == ""


@pytest.mark.parametrize("text", ["灯坏了", "我要反映楼上漏水", "你好", "投诉物业", "报修水管"])
def test_an_opening_with_a_matter_is_none(text: str) -> None:
    """With the matter in it the message is a report."""
    assert rule(text) is None
    assert text == "你好" or not OPENING.fullmatch(text)
