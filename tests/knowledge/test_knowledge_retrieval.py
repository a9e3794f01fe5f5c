"""What is found: words and characters, everyday terms, homophones, the measured figures."""

from __future__ import annotations

import statistics
import time
from datetime import date

import numpy as np
import pytest

from knowledge.bm25 import Bm25
from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase
from knowledge.evaluation import evaluate, read_corpus, read_questions
from knowledge.language import shipped_language
from knowledge.numbers import other_writings
from knowledge.query import understand
from knowledge.terms import CharacterPairs, Characters, SyllablePairs, Words
from knowledge.text import normalise, sentences
from tests.shared_data import shared_data


def first(base: KnowledgeBase, question: str) -> str:
    return base.rank(question, limit=1)[0][0].id


def test_lay_questions_find_the_articles_of_law() -> None:
    """Words and characters alone: recall@5 at least .70, MRR@10 at least .57."""
    base = KnowledgeBase.build(read_corpus(shared_data("knowledge/corpus.jsonl")))
    questions = read_questions(shared_data("knowledge/questions.jsonl"))
    measured = evaluate(base, questions)
    assert measured["n"] == 757
    assert measured["recall@5"] >= 0.70
    assert measured["mrr@10"] >= 0.57


def test_a_question_costs_at_most_five_milliseconds_at_the_median() -> None:
    """Time of the processor over 1 445 articles, whatever else the machine does."""
    base = KnowledgeBase.build(read_corpus(shared_data("knowledge/corpus.jsonl")))
    questions = read_questions(shared_data("knowledge/questions.jsonl"))[:200]
    times = []
    for question in questions:
        started = time.thread_time()
        base.rank(question.text)
        times.append(time.thread_time() - started)
    assert statistics.median(times) <= 0.005


def test_each_half_of_the_lay_questions_is_near_the_whole() -> None:
    """The settings do not lean on one half of the questions they were chosen with."""
    base = KnowledgeBase.build(read_corpus(shared_data("knowledge/corpus.jsonl")))
    questions = read_questions(shared_data("knowledge/questions.jsonl"))
    even, odd = (evaluate(base, questions[start::2]) for start in (0, 1))
    assert abs(even["mrr@10"] - odd["mrr@10"]) < 0.02
    assert min(even["recall@5"], odd["recall@5"]) >= 0.69


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("老人卡怎么办", "senior-card"),
        ("五险一金没单位怎么交", "flexible-employment"),
        ("居主证要什么", "residence-permit"),
        ("公祖房怎么申请", "public-rental"),
        ("老人優待證去哪裡辦", "senior-card"),
        ("80岁能领高龄补贴吗", "old-age-allowance"),
        ("小电驴在哪充电", "ebike-charging"),
    ],
)
def test_everyday_terms_typos_and_traditional_characters_find_the_entry(
    shipped: KnowledgeBase, question: str, entry: str
) -> None:
    """The entry does not have the words of the question, and is found."""
    assert first(shipped, question) == entry


def test_traditional_text_is_simplified_and_simplified_text_left_alone() -> None:
    """By phrases where there is something to simplify; the phrases misread what is simple."""
    assert normalise("乾燥的證件，乾隆年間") == "干燥的证件,乾隆年间"
    assert normalise("破坏土地的成分") == "破坏土地的成分"


def test_an_empty_question_and_an_empty_base_find_nothing() -> None:
    base = KnowledgeBase.build([])
    assert base.rank("居住证") == []
    assert not base.ask("居住证", today=date(2025, 1, 1)).answered
    other = KnowledgeBase.build([Document("a", "甲", (Passage("乙丙丁"),))])
    assert not other.ask("", today=date(2025, 1, 1)).answered
    assert not other.ask("？！", today=date(2025, 1, 1)).answered


def test_equal_passages_keep_their_order() -> None:
    """The same question always gets the same answer."""
    same = [Document(name, "", (Passage("垃圾分类投放时间"),)) for name in "cab"]
    ranked = KnowledgeBase.build(same).rank("垃圾分类", limit=3)
    assert [document.id for document, _, _ in ranked] == ["c", "a", "b"]


def test_bm25_scores_as_its_formula_says() -> None:
    """Two texts, one term once in the first: idf · tf(k1+1) / (tf + k1·(1-b+b·len/mean))."""
    index = Bm25.build(np.array([1, 2, 2]), np.array([0, 0, 1], dtype=np.int32), 2, k1=1.2, b=0.75)
    scores = index.scores(np.array([1, 99]), np.ones(2, dtype=np.float32))
    idf = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 1.5))
    assert scores[0] == pytest.approx(expected, rel=1e-5)
    assert scores[1] == 0


def test_terms_of_every_kind_belong_to_their_text() -> None:
    """Pairs do not cross from one text into the next, nor over punctuation."""
    keys, owners = CharacterPairs().batch(["ab，居住", "住证"])
    assert owners.tolist() == [0, 0, 1]
    assert len(set(keys.tolist())) == 3
    assert Characters().batch(["a居1住"])[1].tolist() == [0, 0]
    assert Words().batch(["", "居住证，"])[1].tolist().count(0) == 0


@pytest.mark.parametrize(("left", "right"), [("居住", "居主"), ("声请", "身轻"), ("老年", "脑年")])
def test_syllable_pairs_are_the_same_for_homophones_and_merged_sounds(
    left: str, right: str
) -> None:
    (one,), _ = SyllablePairs().batch([left])
    (other,), _ = SyllablePairs().batch([right])
    assert one == other


def test_numbers_are_searched_in_both_writings() -> None:
    assert ("80", "八十") in other_writings("80岁老人")
    assert ("三千六", "3600") in other_writings("一年领三千六")
    assert other_writings("一年一次") == []


def test_of_everyday_terms_one_inside_the_other_the_longer_counts() -> None:
    """公租房 is not read as 租房."""
    terms = dict(understand("公租房要等几年", shipped_language()).expansions)
    assert terms["公租房"] == "公共租赁住房"
    assert "租房" not in terms


def test_normalising_and_cutting_keep_what_matters() -> None:
    assert normalise("ＡＢＣ１２３　老人優待證") == "abc123 老人优待证"
    assert sentences("一。二！三\n四") == ["一。", "二！", "三", "四"]
