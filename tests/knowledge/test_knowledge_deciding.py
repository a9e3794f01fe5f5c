"""Small bases, names that several entries share, chosen documents, and questions that go on."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from knowledge.answers import Context
from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase
from knowledge.entries import read_entries
from knowledge.language import shipped_language
from knowledge.query import understand
from knowledge.retrieval import Analyser, analyser_of

HERE = Path(__file__).parent
CARD = Context("disability-card")


def of(*names: str) -> KnowledgeBase:
    return KnowledgeBase.build([entry for entry in read_entries() if entry.id in names])


def test_bases_and_threads_share_one_analyser() -> None:
    """The dictionary of words, 65 MB, is read once for a language."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(analyser_of, [shipped_language()] * 8))
    assert len({id(analyser) for analyser in made}) == 1
    assert isinstance(made[0], Analyser)


@pytest.mark.parametrize(
    "names",
    [
        ("senior-card",),
        ("rent-subsidy",),
        ("senior-card", "dog-registration"),
        ("residence-permit", "senior-card"),
        ("childcare-subsidy", "senior-card"),
    ],
)
@pytest.mark.parametrize("question", ["怎么领月球居住补贴", "公积金怎么提取", "明天会下雨吗"])
def test_a_small_base_does_not_answer_what_it_does_not_have(
    names: tuple[str, ...], question: str, today: date
) -> None:
    """That there is no other document speaks for none."""
    assert not of(*names).ask(question, today=today).answered


def test_a_small_base_is_silent_on_what_it_nowhere_says(today: date) -> None:
    answer = of("senior-card").ask("租房补贴怎么申请", today=today)
    assert answer.choices == ()
    assert answer.confidence < 0.2


def test_a_small_base_answers_what_it_has(today: date) -> None:
    base = of("senior-card", "dog-registration")
    assert base.ask("老年证要带什么材料", today=today).text.startswith("老年人优待证·材料：")
    assert base.ask("狗证怎么办", today=today).citations[0].document_id == "dog-registration"


def test_pairs_of_entries_answer_few_questions_about_others(today: date) -> None:
    """Every sixth question to bases of two entries: wrong at most 5 %, right at least 75 %."""
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    entries = read_entries()
    wrong = others = right = own = 0
    for start in range(0, len(entries) - 1, 6):
        pair = entries[start : start + 2]
        base = KnowledgeBase.build(pair)
        names = {entry.id for entry in pair}
        for row in (row for n, row in enumerate(rows) if n % 6 == 0 or row["entry"] in names):
            answered = base.ask(row["question"], today=today).answered
            mine = bool(names & set(row["entry"].split("|")))
            own, right = own + mine, right + (mine and answered)
            others, wrong = others + (not mine), wrong + (not mine and answered)
    assert wrong / others <= 0.05
    assert right / own >= 0.75


@pytest.mark.parametrize("question", ["补贴怎么申请", "补贴", "津贴怎么领", "登记", "物业", "社保"])
def test_a_word_that_names_of_several_entries_share_offers_them(
    shipped: KnowledgeBase, today: date, question: str
) -> None:
    answer = shipped.ask(question, today=today)
    assert not answer.answered
    assert len(answer.choices) >= 2


@pytest.mark.parametrize(
    ("question", "entry"),
    [("居住证", "residence-permit"), ("低保", "minimum-living"), ("育儿补贴", "childcare-subsidy")],
)
def test_a_word_that_is_the_name_of_one_entry_is_answered(
    shipped: KnowledgeBase, today: date, question: str, entry: str
) -> None:
    """Though names of others have it too."""
    assert shipped.ask(question, today=today).citations[0].document_id == entry


def test_only_entries_that_have_the_subject_are_offered(
    shipped: KnowledgeBase, today: date
) -> None:
    """公积金 has no entry; two mention it, the third found does not."""
    answer = shipped.ask("公积金怎么提取", today=today)
    assert not answer.answered
    assert set(answer.choices) == {"既有住宅加装电梯", "房屋租赁登记备案"}


def test_a_chosen_document_answers_the_part_asked_for(shipped: KnowledgeBase, today: date) -> None:
    answer = shipped.about("dog-registration", "登记要带什么材料", today=today)
    assert answer.text.startswith("养犬登记与文明养犬·材料：")
    assert answer.confidence > 0.99
    assert answer.context == Context("dog-registration", "materials")


def test_a_chosen_document_answers_whatever_was_asked(shipped: KnowledgeBase, today: date) -> None:
    assert shipped.about("senior-card", "狗", today=today).citations[0].document == "老年人优待证"


def test_a_chosen_document_is_not_served_when_it_is_over() -> None:
    passages = (Passage("每月100元", ("标准",)),)
    base = KnowledgeBase.build([Document("a", "甲", passages, valid_until=date(2024, 12, 31))])
    assert base.about("a", "多少钱", today=date(2024, 12, 31)).answered
    assert not base.about("a", "多少钱", today=date(2025, 1, 1)).answered
    assert not base.about("b", "多少钱", today=date(2024, 12, 31)).answered


FOLLOW_UPS = {
    "地点": "在哪里办 在哪儿办 去哪里办理 到哪儿去办 那在哪办？ 去哪个地方办 在哪个窗口 先去哪里 "
    "网上可以办吗 手机上能办吗 具体地址在哪里 在什么地方办 找哪个部门办",
    "材料": "要带些什么 还要带什么东西 需要准备哪些材料 要交哪些材料 要拿什么去 带什么证件 "
    "那个要什么手续呢",
    "标准": "要交多少钱 办一个多少钱 要花多少钱 收不收钱 要交钱吗 要钱不 免不免费 每个月发多少 "
    "多少钱一个月 一次多少钱",
    "时间": "几点上班 几点下班 几点开门 得等多久 要等几天 多久能办好 几天能下来 什么时候能拿到 "
    "周末上班吗 多长时间办得好",
    "电话": "电话多少 有电话吗 电话号码是多少 打什么电话 联系电话是多少 怎么联系他们",
    "条件": "我够条件吗 有什么条件 什么人可以办 什么条件才能办",
    "办理流程": "怎么申请 怎么办理 要走什么流程 流程是什么",
}


@pytest.mark.parametrize(
    ("section", "question"),
    [(section, asked) for section, line in FOLLOW_UPS.items() for asked in line.split()],
)
def test_ways_of_asking_on(
    shipped: KnowledgeBase, today: date, section: str, question: str
) -> None:
    """The last document answers with the part that is asked for."""
    answer = shipped.ask(question, context=CARD, today=today)
    assert answer.citations[0].document_id == "disability-card"
    assert answer.citations[0].section == section


@pytest.mark.parametrize("question", ["狗证在哪里办", "低保要交哪些材料", "钢琴课几点开门"])
def test_what_names_a_matter_does_not_go_on(
    shipped: KnowledgeBase, today: date, question: str
) -> None:
    answer = shipped.ask(question, context=CARD, today=today)
    assert not answer.answered or answer.citations[0].document_id != "disability-card"


def test_words_of_asking_are_laid_so_that_the_least_is_left() -> None:
    language = shipped_language()
    assert understand("在哪里办", language).subject == ()
    assert understand("残疾证在哪里办", language).subject == ("残疾证",)
    assert understand("狗怎么办", language).subject == ("狗",)
