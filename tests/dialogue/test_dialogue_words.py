"""How the bot writes choices, and how it reads the digit of a thumb."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.words import ONE_LINE, numbered, shorten, tapped


def test_short_choices_stand_on_one_line() -> None:
    """Few short choices fit on one line; 0 is the way out."""
    assert numbered(("提交", "修改")) == "1 提交　2 修改　0 取消"


def test_long_choices_stand_one_a_line() -> None:
    """What does not fit on the line of a phone with large type is written below each other."""
    lines = numbered(("反映问题的事情", "查我反映的事情", "找工作人员帮忙"), way_out="不用了")
    assert lines.splitlines()[0] == "1 反映问题的事情"
    assert lines.splitlines()[-1] == "0 不用了"


def test_a_question_without_choices_has_a_way_out() -> None:
    """With nothing to choose only the way out is written; it may be left away."""
    assert numbered(()) == "0 取消"
    assert numbered((), way_out="") == ""


@given(st.lists(st.text("一二三四五六", min_size=1, max_size=12), min_size=1, max_size=9))
def test_any_choices_are_counted_from_one(labels: list[str]) -> None:
    """Digits are consecutive, every label is there, and lines are short unless a label is long."""
    text = numbered(labels)
    items = [item for line in text.splitlines() for item in line.split("　")]
    assert items == [*(f"{n} {label}" for n, label in enumerate(labels, 1)), "0 取消"]
    assert all(len(line) <= max(ONE_LINE, 14) for line in text.splitlines())


PICKS = {"1": 1, "0": 0, "第二个": 2, "选2": 2, "就要第三项": 3, "我选1": 1, "两": 2, "2号": 2}
NO_PICKS = ("12", "1号楼", "1号楼漏水", "", "十", "3栋", "一共两件事")


@pytest.mark.parametrize(
    ("word", "number"), [*PICKS.items(), ("1\u20e3", 1), *((word, None) for word in NO_PICKS)]
)
def test_a_tapped_number(word: str, number: int | None) -> None:
    """A digit or an ordinal picks; a digit inside words does not."""
    assert tapped(word) == number


@given(st.text(max_size=60), st.integers(1, 40))
def test_shortened_text_fits(text: str, limit: int) -> None:
    """A shortened text is one line of at most `limit` characters."""
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short
