"""Ways of asking that are kept with a document, and the chances that are made of what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.decision import NAMES, Signs, shipped_decision
from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase
from knowledge.entries import read_entries
from knowledge.language import shipped_language
from knowledge.query import understand
from knowledge.retrieval import analyser_of
from knowledge.wordings import Wordings

LIFT = Document(
    "lift",
    "既有住宅加装电梯",
    (Passage("由本单元业主参与表决。", ("条件",)), Passage("业主表决书。", ("材料",))),
    asked=("腿脚不好爬不动六楼", "步梯房老人下不了楼", "楼太高走上去喘不过气"),
)
CARD = Document("card", "老年人优待证", (Passage("年满六十周岁。", ("条件",)),))


@pytest.mark.parametrize("question", ["腿脚不好爬不动六楼", "步梯房，老人下不了楼！"])
def test_what_is_kept_word_for_word_is_answered(today: date, question: str) -> None:
    """None of its words are in the document: staff who add a way of asking see it work."""
    base = KnowledgeBase.build([LIFT, CARD])
    assert base.ask(question, today=today).citations[0].document_id == "lift"
    without = KnowledgeBase.build([replace(LIFT, asked=()), CARD])
    assert not without.ask(question, today=today).answered


def test_nearness_is_great_for_the_same_words_and_small_for_others() -> None:
    language = shipped_language()
    analyser = analyser_of(language)
    wordings = Wordings.build([("低保怎么申请", "吃低保"), ("狗证去哪办",)], analyser)
    near = wordings.nearness(analyser.ask(understand("狗证去哪办", language)))
    assert 0.6 < near[2] <= 1.001
    assert wordings.best(near)[1] == near[2]
    assert near[1] < 0.2


def test_chances_are_shares_and_leave_room_for_none() -> None:
    decision = shipped_decision()
    strong = Signs(found=1, asked=0.9, nearest=1, named=1, covered=1)
    weak = Signs(found=0.3, asked=0.1, nearest=0.1)
    alone, foreign = decision.chances([strong]), decision.chances([replace(strong, foreign=1)])
    assert 0 < foreign[0] < alone[0] < 1
    first, second = decision.chances([strong, weak])
    assert first > decision.answer
    assert second < decision.offer
    assert decision.chances([]) == []
    assert len(decision.weights) == len(NAMES)


def test_two_that_fit_alike_are_offered_not_answered(today: date) -> None:
    """Neither is more likely than all else together."""
    twin = replace(CARD, id="other", title="老年人优待卡")
    answer = KnowledgeBase.build([CARD, twin]).ask("老年人优待怎么办理", today=today)
    assert not answer.answered
    assert set(answer.choices) == {"老年人优待证", "老年人优待卡"}


def test_every_shipped_entry_has_ways_of_asking() -> None:
    """At least fifteen each, none of them in two entries."""
    entries = read_entries()
    assert all(len(set(entry.asked)) >= 15 for entry in entries)
    said = [words for entry in entries for words in entry.asked]
    assert len(said) == len(set(said))


def test_an_index_narrowed_to_some_documents_serves_no_other(today: date) -> None:
    base = KnowledgeBase.build([LIFT, CARD])
    narrowed = base.only([CARD, replace(LIFT, title="新的标题")])
    assert narrowed.ask("老年人优待证", today=today).answered
    assert narrowed.ask("腿脚不好爬不动六楼", today=today).citations == ()
    assert base.ask("腿脚不好爬不动六楼", today=today).answered
