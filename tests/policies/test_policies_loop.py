"""The loop: alike questions, one answer, a second person, word to all; expiry and citations."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dialogue.messages import Incoming, Kind
from services import (
    policies,
    policy_answers,
    policy_citations,
    policy_expiry,
    policy_questions,
    policy_review,
    policy_shelf,
    replies,
)
from services.access import Forbidden, Role
from services.calendar import OfficeHours
from services.canned import CannedReply
from services.inbound import new
from services.places import community_path, import_tree, read_tree
from services.policy_content import BadDocument
from services.policy_review import StaleDraft, Wording
from services.policy_shelf import ShelfFilter, Standing
from services.residents import meet
from storage.desk import QueueItem
from storage.engine import Database
from storage.messages import OutboxMessage
from storage.policies import PolicyDocument, PolicyQuestion
from storage.staff import Staff
from tests.conftest import NOW
from tests.policies.papers import SENIOR, TODAY, bring_in, community_of, paper

HOURS = OfficeHours()
STREET = {"kind": "street", "code": "S", "name": "街道"}
BODY = "## 地点\n区妇幼保健院，免费。\n## 材料\n双方身份证。"


def colleagues(session: Session) -> tuple[Staff, Staff]:
    """Somebody who writes and somebody who reviews."""
    tree = {"kind": "community", "code": "demo", "name": "和平里"}
    import_tree(session, read_tree({**STREET, "children": [tree]}), NOW)
    path = community_path(session, community_of(session).id)
    both = [
        Staff(
            login=role.value,
            name=role.value,
            role=role.value,
            scope_path=path,
            password_hash="nobody signs in here",
            created_at=NOW,
        )
        for role in (Role.COMMUNITY_WORKER, Role.REVIEWER)
    ]
    session.add_all(both)
    session.flush()
    return both[0], both[1]


def asked(session: Session, openid: str, text: str) -> PolicyQuestion:
    resident = meet(session, community_of(session).id, "", openid, NOW)
    incoming = Incoming("", openid, f"text:{openid}{text}", Kind.TEXT, NOW, text)
    row = new(incoming, resident, NOW)
    session.add(row)
    session.flush()
    question = policy_questions.record(session, resident, row, text, NOW)
    policy_questions.left_to_staff(question)
    return question


def test_alike_questions_are_one_group_and_others_stand_alone(database: Database) -> None:
    texts = ("婚前检查在哪里做", "婚前检查去哪里做呀", "护照过期了去哪里换", "护照过期怎么换")

    def work(session: Session) -> list[tuple[str, int]]:
        colleagues(session)
        for number, text in enumerate((*texts, "公积金怎么提取")):
            asked(session, f"o{number}", text)
        found = policy_answers.gaps(session, community_of(session).id)
        assert {gap.week for gap in found} == {date(2026, 3, 2)}
        return sorted((gap.title, gap.askers) for gap in found)

    assert database.write_now(work) == [
        ("公积金怎么提取", 1),
        ("婚前检查在哪里做", 2),
        ("护照过期怎么换", 2),
    ]


def test_one_answer_is_reviewed_and_all_askers_hear_of_it(database: Database) -> None:
    def work(session: Session) -> list[str]:
        author, reviewer = colleagues(session)
        home = community_of(session)
        both = [asked(session, "a", "婚前检查在哪里做"), asked(session, "b", "婚检去哪")]
        document = Wording("婚前医学检查", BODY, aliases=("婚检",)).document()
        row = policy_review.write(session, author, home, document, NOW)
        policy_answers.link(session, both, row)
        assert policy_answers.gaps(session, home.id) == []
        with pytest.raises(StaleDraft):
            policy_review.approve(session, reviewer, row, row.changes, (), HOURS, NOW)
        policy_review.submit(session, author, row, row.changes, HOURS, NOW)
        with pytest.raises(Forbidden):
            policy_review.approve(session, author, row, row.changes, (), HOURS, NOW)
        told = policy_review.approve(session, reviewer, row, row.changes, (), HOURS, NOW)
        assert told == 2
        assert policy_answers.tell(session, row, NOW) == 0  # nobody hears twice
        assert policies.in_force(session, home.id, TODAY) == [row]
        return list(session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)))

    first, second = database.write_now(work)
    assert first.startswith("您问过“婚前检查在哪里做”，现在有答案了：\n【婚前医学检查】区妇幼")
    assert "您问过“婚检去哪”" in second


def test_a_draft_is_served_to_nobody_and_goes_back_with_a_reason(database: Database) -> None:
    def work(session: Session) -> None:
        author, reviewer = colleagues(session)
        home = community_of(session)
        row = policy_review.write(session, author, home, Wording("甲", BODY).document(), NOW)
        policy_review.submit(session, author, row, row.changes, HOURS, NOW)
        assert policies.to_serve(session, home.id, TODAY) == []
        with pytest.raises(BadDocument, match="原因"):
            policy_review.send_back(session, reviewer, row, row.changes, " ", NOW)
        policy_review.send_back(session, reviewer, row, row.changes, "缺电话", NOW)
        policy_review.rewrite(
            session, author, row, row.changes, Wording("甲", "电话：12345").document(), NOW
        )
        assert policy_review.body_of(row) == "电话：12345"
        assert policy_shelf.standing(session, row, TODAY) is Standing.DRAFT

    database.write_now(work)


def test_a_version_that_was_published_is_never_changed(database: Database) -> None:
    [number] = bring_in(database, SENIOR)

    def work(session: Session) -> None:
        author, _ = colleagues(session)
        row = session.get_one(PolicyDocument, number)
        with pytest.raises(StaleDraft):
            policy_review.rewrite(session, author, row, row.changes, SENIOR, NOW)
        with pytest.raises(BadDocument, match="没有改动"):
            policy_review.write(session, author, community_of(session), SENIOR, NOW)

    database.write_now(work)


def test_what_is_written_reads_the_same_when_it_is_edited_again(database: Database) -> None:
    [number] = bring_in(database, SENIOR)

    def work(session: Session) -> None:
        row = session.get_one(PolicyDocument, number)
        again = Wording(row.title, policy_review.body_of(row), number=row.number).document()
        assert [(p.path, p.text) for p in again.passages] == [
            (tuple(path), text) for path, text in row.passages
        ]

    database.read_now(work)


def test_keepers_hear_thirty_and_seven_days_before_the_end_once_each(database: Database) -> None:
    last = TODAY + timedelta(days=40)
    bring_in(database, paper("甲办法", "标准：每月100元", valid_until=last))

    def work(session: Session) -> list[int]:
        colleagues(session)
        days = (0, 9, 10, 11, 32, 33, 34, 40, 41)
        return [policy_expiry.remind(session, HOURS, NOW + timedelta(days=day)) for day in days]

    assert database.write_now(work) == [0, 0, 1, 0, 0, 1, 0, 0, 0]
    titles = database.read_now(lambda s: list(s.scalars(select(QueueItem.title))))
    assert titles[0] == f"《甲办法》还有30天到期（{last}），请更新或撤下"


def test_what_cites_a_changed_document_is_flagged(database: Database) -> None:
    [number] = bring_in(database, SENIOR)
    canned = [
        CannedReply("a", "优待证", "按《老年人优待证》办，带身份证。", (), {}),
        CannedReply("b", "别的", "收到了。", (), {}),
    ]

    def work(session: Session) -> None:
        author, reviewer = colleagues(session)
        row = session.get_one(PolicyDocument, number)
        resident = meet(session, row.community_id, "", "o", NOW)
        said = replies.NewReply("老年人优待证要带两张照片。", None)
        replies.propose(session, author, resident, said, NOW)
        found = policy_citations.citations(session, row, canned)
        assert [one.code for one in found.canned] == ["a"]
        assert len(found.replies) == 1
        policy_review.retire(session, reviewer, row, "政策变了", canned, HOURS, NOW)
        item = session.scalars(select(QueueItem).where(QueueItem.kind == "knowledge")).one()
        assert item.title == "《老年人优待证》有变动，2处提到它，请核对"
        assert item.needs == "keep_knowledge"

    database.write_now(work)


def test_the_shelf_tells_how_each_document_stands(database: Database) -> None:
    bring_in(
        database,
        paper("在用", "标准：甲"),
        paper("快到期", "标准：甲", valid_until=TODAY + timedelta(days=5)),
        paper("过期", "标准：甲", valid_until=TODAY - timedelta(days=1)),
        paper("将来", "标准：甲", effective=TODAY + timedelta(days=5)),
    )
    bring_in(database, paper("草稿", "标准：乙"), draft=True)

    def work(session: Session) -> dict[str, Standing]:
        author, _ = colleagues(session)
        found = policy_shelf.shelf(session, author, ShelfFilter(), TODAY)
        words = policy_shelf.shelf(session, author, ShelfFilter(words="乙"), TODAY)
        assert [one.row.title for one in words] == ["草稿"]
        return {one.row.title: one.standing for one in found}

    assert database.write_now(work) == {
        "在用": Standing.SERVED,
        "快到期": Standing.SOON_OVER,
        "过期": Standing.OVER,
        "将来": Standing.FUTURE,
        "草稿": Standing.DRAFT,
    }


def test_a_verdict_is_shown_with_the_words_that_were_served(database: Database) -> None:
    [number] = bring_in(database, SENIOR)

    def work(session: Session) -> tuple[str, str]:
        colleagues(session)
        question = asked(session, "a", "老年证要带什么")
        policy_questions.answered(question, policy_questions.Found(number, 1, 0.9))
        policy_questions.judge(question, useful=False)
        [found] = policy_answers.verdicts(session, community_of(session).id)
        return found.question.feedback, found.served

    assert database.write_now(work) == ("wrong", "本人居民身份证；近期一寸免冠照片2张。")
