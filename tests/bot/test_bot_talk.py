"""Short words as residents tap them, and text that steers its display."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.talk import joined, short_word, text_of, visible
from handlers.kit import Choice, Say

STEERING = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\ufeff"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("１。", "1"),
        (" 取消！", "取消"),
        ("菜單", "菜单"),
        ("幫助", "帮助"),
        ("进\u200b度", "进度"),
        ("我要撤回", "撤回"),
        ("我要", "我要"),
        ("①", "1"),
        ("好" * 41, ""),
    ],
)
def test_short_word(text: str, word: str) -> None:
    """Full width, traditional characters, spaces and full stops do not matter; long is no word."""
    assert short_word(visible(text)) == word


@given(st.text(max_size=80))
def test_visible_text_has_no_hidden_steering(text: str) -> None:
    """Nothing turns the writing direction of what the bot repeats."""
    assert not set(visible(text)) & set(STEERING)


def test_choices_are_written_below_the_words() -> None:
    """An answer with choices ends in its digits."""
    said = Say("哪一件？", (Choice("甲", "a"), Choice("乙", "b")), way_out="不看了")
    assert text_of(said) == "哪一件？\n1 甲　2 乙　0 不看了"


def test_pieces_are_joined_only_where_both_are() -> None:
    """No empty line for a piece that is not there."""
    assert (joined("a", "b"), joined("", "b"), joined("a", "")) == ("a\nb", "b", "a")
