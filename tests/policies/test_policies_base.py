"""The knowledge base of a community in service: built once, built anew when documents change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy.orm import Session

from commands import assembly
from intents import Understander
from knowledge.answers import Context
from knowledge.engine import KnowledgeBase
from services import knowledge_bases, policies, policy_answers, policy_questions
from services.access import Role
from services.knowledge_bases import KnowledgeBases
from services.personal_data import forget
from services.policy_questions import Found
from services.residents import dialog_of, meet
from storage.engine import Database
from storage.messages import InboundMessage
from storage.policies import PolicyQuestion
from storage.residents import Resident
from tests.conftest import NOW
from tests.desk import demo_settings
from tests.policies.papers import ALL, DOG, SENIOR, TODAY, bring_in, community_of, row, worker_of

QUESTION = "老年证要带什么材料"


def base_of(database: Database, bases: KnowledgeBases, day: date = TODAY) -> KnowledgeBase:
    """The base of the first community."""
    return database.read_now(lambda s: bases(s, community_of(s).id, day))


def test_a_base_is_kept_until_a_document_changes(database: Database) -> None:
    """The same object serves every question; a publication gives a new one, in every process."""
    bring_in(database, *ALL[:3])
    here, elsewhere = KnowledgeBases(), KnowledgeBases()
    first = base_of(database, here)
    assert base_of(database, here) is first
    assert base_of(database, elsewhere) is not first
    bring_in(database, DOG)
    for bases in (here, elsewhere):
        base = base_of(database, bases)
        assert base.ask("养犬登记要什么材料", today=TODAY).citations[0].document == "养犬登记"


def test_what_is_withdrawn_is_not_served_by_the_next_question(database: Database) -> None:
    """Also when the withdrawal falls into the same moment as the publication."""
    numbers = bring_in(database, *ALL)
    bases = KnowledgeBases()
    assert base_of(database, bases).ask(QUESTION, today=TODAY).answered
    database.write_now(lambda s: policies.withdraw(s, row(s, numbers[0]), None, "错", NOW))
    answer = base_of(database, bases).ask(QUESTION, today=TODAY)
    assert "老年人优待证" not in (answer.text, *answer.choices)


def test_what_ends_or_begins_overnight_needs_no_change(small_database: Database) -> None:
    """A base built today answers tomorrow from tomorrow's version."""
    ends = TODAY + timedelta(days=1)
    bring_in(small_database, SENIOR)
    bring_in(small_database, replace(SENIOR, effective=ends + timedelta(days=1), issuer="新"))
    base = base_of(small_database, KnowledgeBases())
    issuers = [
        base.ask(QUESTION, today=day).citations[0].issuer
        for day in (TODAY, ends, ends + timedelta(days=1))
    ]
    assert issuers == ["民政局", "民政局", "新"]


def test_threads_that_ask_at_once_share_one_base(small_database: Database) -> None:
    """The first builds, the others wait for it."""
    bring_in(small_database, SENIOR, DOG)
    bases = KnowledgeBases()
    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(lambda _: base_of(small_database, bases), range(8)))
    assert len({id(base) for base in built}) == 1


def test_a_large_library_is_built_beside_the_questions(small_database: Database) -> None:
    """Nobody waits for it; until it is ready nothing is answered from it, and nothing made up."""
    bring_in(small_database, SENIOR)
    bases = KnowledgeBases(at_once=0)
    assert not base_of(small_database, bases).ask(QUESTION, today=TODAY).answered
    bases.settle()
    assert base_of(small_database, bases).ask(QUESTION, today=TODAY).answered


def test_a_change_in_a_large_library_never_serves_what_was_withdrawn(
    small_database: Database,
) -> None:
    """While the new index is built the old one answers, without what has changed."""
    numbers = bring_in(small_database, SENIOR, DOG)
    bases = KnowledgeBases(at_once=0)
    base_of(small_database, bases)
    bases.settle()
    small_database.write_now(lambda s: policies.withdraw(s, row(s, numbers[0]), None, "错", NOW))
    between = base_of(small_database, bases)
    assert not between.ask(QUESTION, today=TODAY).answered
    assert between.ask("养犬登记要带什么材料", today=TODAY).answered
    bases.settle()
    assert len(base_of(small_database, bases).documents) == 1


def test_a_server_builds_the_bases_before_anybody_asks(
    small_database: Database, understander: Understander, tmp_path: Path
) -> None:
    """The first question finds the base that was built at the start."""
    bring_in(small_database, *ALL)
    world = assembly.make_world(demo_settings(small_database.url, tmp_path), understander)
    small_database.read_now(lambda s: assembly.warm_up(s, world, NOW))
    bases = world.knowledge
    assert isinstance(bases, KnowledgeBases)
    with patch.object(KnowledgeBase, "build", side_effect=AssertionError("built again")):
        assert base_of(small_database, bases).documents


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    """A base of the test documents."""
    return KnowledgeBase.build(ALL)


def test_a_chosen_document_answers_the_part_that_was_asked_for(base: KnowledgeBase) -> None:
    """Who picks a title gets its materials where materials were asked for, else what fits best."""
    document = knowledge_bases.document_of(base, TODAY, title="养犬登记")
    assert document is not None
    answer = knowledge_bases.answer_from(base, document, "登记要带什么材料")
    assert answer.text == "养犬登记·材料：养犬人身份证；犬只免疫证明。"
    assert answer.context == Context("养犬登记", "materials")
    assert knowledge_bases.answer_from(base, document, "狗").citations[0].document == "养犬登记"


def test_a_document_that_is_over_cannot_be_chosen(base: KnowledgeBase) -> None:
    """A choice offered yesterday does not serve what ended since."""
    document = knowledge_bases.document_of(base, date(2025, 1, 1), key=SENIOR.id)
    assert document is None


def test_the_place_of_a_passage_is_found_again(base: KnowledgeBase) -> None:
    """An answer and the passage it gives name the same place."""
    for place in range(len(SENIOR.passages)):
        answer = knowledge_bases.answer_at(SENIOR, place)
        assert knowledge_bases.place_of(SENIOR, answer) == place


def test_only_words_without_a_matter_of_their_own_go_on(base: KnowledgeBase) -> None:
    """要带什么材料 goes on from the last answer; a question about another matter does not."""
    context = Context(SENIOR.id)
    assert knowledge_bases.names_nothing("那要带什么材料？")
    assert knowledge_bases.goes_on(base, "那要带什么材料？", context, TODAY)
    assert not knowledge_bases.names_nothing("养犬登记要带什么材料")
    assert not knowledge_bases.goes_on(base, "养犬登记要带什么材料", context, TODAY)


def _ask(session: Session, words: str) -> tuple[Resident, PolicyQuestion]:
    mine = community_of(session)
    resident = meet(session, mine.id, "", "o1", NOW)
    dialog_of(session, resident, NOW)
    inbound = InboundMessage(
        account="", key=words, community_id=mine.id, kind="text", sent_at=NOW, received_at=NOW
    )
    session.add(inbound)
    session.flush()
    return resident, policy_questions.record(session, resident, inbound, words, NOW)


def _open(database: Database) -> list[str]:
    def work(session: Session) -> list[str]:
        return [one.text for one in policy_questions.unanswered(session, community_of(session).id)]

    return database.read_now(work)


def test_questions_without_a_good_answer_are_listed_till_settled(database: Database) -> None:
    """Open: nothing found, or found wrong; not: answered, or settled by the staff."""
    (number,) = bring_in(database, SENIOR)

    def work(session: Session) -> None:
        _ask(session, "没有答案")
        for words, feedback in (("答对", None), ("有用", True), ("答错", False)):
            _, question = _ask(session, words)
            policy_questions.answered(question, Found(number, 1, 0.9))
            if feedback is not None:
                policy_questions.judge(question, useful=feedback)
        _, settled = _ask(session, "已办")
        policy_answers.dismiss(session, worker_of(session, Role.REVIEWER), [settled], NOW)

    database.write_now(work)
    assert _open(database) == ["答错", "没有答案"]


def test_a_resident_who_leaves_takes_the_words_of_their_questions_along(
    database: Database,
) -> None:
    """The row stays for the figures; the text is erased, and nobody else could touch it."""

    def work(session: Session) -> None:
        resident, question = _ask(session, "我家的事")
        stranger = meet(session, resident.community_id, "", "o2", NOW)
        assert policy_questions.own(session, stranger, question.id) is None
        forget(session, resident, NOW)

    database.write_now(work)
    assert _open(database) == []
