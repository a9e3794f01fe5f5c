"""An answer on a phone: one screen, cut at a stop, nothing said twice, the source always there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy_text import SCREEN, cut, in_one_breath, screens
from knowledge.documents import Document, Passage
from services.knowledge_bases import answer_at
from tests.policies.papers import ALL, DOG, SENIOR, paper

TEXTS = st.text(alphabet="甲乙丙，；。、 \n1", min_size=1, max_size=900).filter(str.strip)


def pages_of(document: Document, place: int) -> tuple[str, ...]:
    """The screens of one passage."""
    return screens(document, document.passages[place], answer_at(document, place))


def test_the_first_screen_has_what_one_needs_to_go_there() -> None:
    """The passage, then place, time and phone, then the source with its date and the mark."""
    assert pages_of(SENIOR, 1)[0] == (
        "【老年人优待证】材料：本人居民身份证；近期一寸免冠照片2张。\n"
        "地点：社区服务大厅2号窗口。\n"
        "时间：工作日9:00—17:00，当场受理。\n"
        "电话：社区服务大厅 0000-1234\n"
        "依据：《老年人权益保障法》，民政局，示例〔2025〕30号，2025年3月（示例文本）"
    )


def test_the_next_screen_has_only_what_was_not_said() -> None:
    """The sections that the first screen left out, each once."""
    assert pages_of(SENIOR, 1)[1:] == (
        "【条件】年满六十周岁的老年人，本地户籍或者持本地居住证的均可办理。\n"
        "【办理流程】一、登记；二、制证；三、领取。",
    )


def test_a_phone_line_without_a_number_is_left_out() -> None:
    """A name to call helps nobody."""
    blank = paper("某事", "条件：有。", "电话：服务大厅（由本社区填写）。")
    assert pages_of(blank, 0) == ("【某事】条件：有。\n依据：《某事》",)
    both = paper("某事", "条件：有。", "电话：服务大厅（由本社区填写）；12345。")
    assert "电话：12345\n" in pages_of(both, 0)[0]


def test_in_the_middle_of_a_form_it_is_said_in_one_breath() -> None:
    """One paragraph with the source in brackets, as the form goes on below."""
    assert in_one_breath(SENIOR, SENIOR.passages[1], answer_at(SENIOR, 1)) == (
        "【老年人优待证】材料：本人居民身份证；近期一寸免冠照片2张。地点：社区服务大厅2号窗口。"
        "时间：工作日9:00—17:00，当场受理。"
        "（依据：《老年人权益保障法》，民政局，示例〔2025〕30号，2025年3月，示例文本）"
    )


@pytest.mark.parametrize("document", ALL)
def test_every_passage_fits_one_screen(document: Document) -> None:
    """Whatever part answers, the source is on the first screen, and each screen is a phone's."""
    for place, passage in enumerate(document.passages):
        pages = pages_of(document, place)
        assert all(0 < len(page) <= SCREEN + 10 for page in pages)
        assert "依据：" in pages[0]
        assert "依据：" in in_one_breath(document, passage, answer_at(document, place))


def test_a_very_long_source_keeps_its_beginning_its_date_and_the_mark() -> None:
    """A law of many words does not push the answer off the screen."""
    document = replace(SENIOR, source=f"《关于{'甲' * 200}的意见》")
    screen = pages_of(document, 1)[0]
    source = screen.splitlines()[-1]
    assert len(screen) <= SCREEN + 10
    assert source.startswith("依据：《关于甲")
    assert source.endswith("示例〔2025〕30号，2025年3月（示例文本）")


@given(TEXTS)
def test_a_long_passage_is_told_screen_by_screen_and_nothing_is_lost(words: str) -> None:
    """All characters of the passage come in order, whatever its stops."""
    document = replace(DOG, passages=(Passage(words),))
    pages = pages_of(document, 0)
    told = "".join(page.removeprefix("【养犬登记】") for page in pages)
    told = told.replace("依据：《养犬登记》，2025年6月", "").replace("…", "")
    assert "".join(told.split()) == "".join(words.split())
    assert all(len(page) <= SCREEN + 10 for page in pages)


@given(TEXTS, st.integers(4, 80))
def test_a_text_is_cut_within_the_limit(words: str, limit: int) -> None:
    """The beginning is never longer than asked for, and never empty."""
    first, rest = cut(words, limit)
    assert 0 < len(first) <= limit
    assert "".join((first.rstrip("…") + rest).split()) == "".join(words.split())
