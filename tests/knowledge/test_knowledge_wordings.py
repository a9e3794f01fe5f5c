"""Ways of asking that are kept with a document, and the chances that are made of what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.bayes import Bayes
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


def heard(question: str, *wordings: tuple[str, ...], others: tuple[str, ...]) -> list[float]:
    """The chance of each document by naive Bayes and, last, of another matter."""
    language = shipped_language()
    analyser = analyser_of(language)
    kept = Wordings.build(wordings, analyser)
    bayes = Bayes.learn(kept, Wordings.build([others], analyser))
    chances = bayes.chances(kept, analyser.ask(understand(question, language)))
    return [float(chance) for chance in chances]


def test_words_from_several_wordings_speak_together() -> None:
    """No wording is near the question as a whole, all the words it has are of one document."""
    lift, card, strange = heard(
        "六楼步梯房，腿脚不好",
        ("腿脚不好爬不动", "步梯房老人下不了楼", "住六楼上去喘不过气"),
        ("老年证怎么办", "满六十坐公交车"),
        others=("护照怎么办", "驾照换证"),
    )
    assert lift > 0.9
    assert lift + card + strange == pytest.approx(1, abs=1e-5)


def test_what_is_asked_of_another_matter_is_heard_as_strange() -> None:
    *own, strange = heard(
        "驾照到期怎么换", ("老年证怎么办",), ("狗证去哪办",), others=("护照怎么办", "驾照到期换证")
    )
    assert strange > max(own)


def test_chances_do_not_depend_on_the_order_of_documents() -> None:
    first, second = ("老年证怎么办",), ("狗证去哪办", "遛狗要牵绳吗")
    one = heard("遛狗办证", first, second, others=("护照怎么办",))
    other = heard("遛狗办证", second, first, others=("护照怎么办",))
    assert one[:2] == pytest.approx(other[1::-1], abs=1e-5)


def test_a_question_kept_about_another_matter_is_not_answered_in_passing(today: date) -> None:
    """The paper mentions it and is asked for with its word, the very question is not its own."""
    lift = replace(
        LIFT,
        passages=(Passage("费用分摊，可以提取住房公积金。", ("标准",)),),
        asked=(*LIFT.asked, "装电梯提公积金手续", "装电梯能用公积金吗"),
    )
    base = KnowledgeBase.build([lift, CARD])
    assert "公积金怎么提取" in shipped_language().elsewhere
    assert not base.ask("公积金怎么提取", today=today).answered
    assert base.ask("装电梯怎么提公积金", today=today).answered


def test_chances_are_shares_and_leave_room_for_none() -> None:
    decision = shipped_decision()
    strong = Signs(found=1, asked=0.9, nearest=1, named=1, covered=1, heard=0.9)
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
    """At least forty each, none of them in two entries."""
    entries = read_entries()
    assert all(len(set(entry.asked)) >= 40 for entry in entries)
    said = [words for entry in entries for words in entry.asked]
    assert len(said) == len(set(said))


def test_an_index_narrowed_to_some_documents_serves_no_other(today: date) -> None:
    base = KnowledgeBase.build([LIFT, CARD])
    narrowed = base.only([CARD, replace(LIFT, title="新的标题")])
    assert narrowed.ask("老年人优待证", today=today).answered
    assert narrowed.ask("腿脚不好爬不动六楼", today=today).citations == ()
    assert base.ask("腿脚不好爬不动六楼", today=today).answered
