"""Policy documents: versions, supersession, withdrawal, validity, and who may publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from knowledge.documents import Document, Passage
from services import policies
from services.access import Forbidden, Role
from services.policy_content import BadDocument, as_document
from storage import backup, migrate
from storage.engine import Database
from storage.policies import PolicyDocument
from storage.staff import AuditEntry
from tests.conftest import NOW, SECRET
from tests.policies.papers import (
    ALL,
    ALLOWANCE,
    DOG,
    SENIOR,
    TODAY,
    bring_in,
    community_of,
    in_force,
    paper,
    row,
    worker_of,
)

LATER = date(2026, 6, 1)


def test_a_document_comes_back_as_it_went_in(database: Database) -> None:
    """Every attribute and passage of a document survives the table; its id is the row's."""
    (number,) = bring_in(database, SENIOR)
    stored = database.read_now(lambda s: as_document(row(s, number)))
    assert stored == replace(SENIOR, id=str(number))


def test_the_same_content_again_makes_no_new_version(database: Database) -> None:
    """An import can be repeated; nothing changes, nothing is doubled."""
    first = bring_in(database, *ALL)
    mark = database.read_now(lambda s: policies.change_mark(s, community_of(s).id))
    assert bring_in(database, *ALL) == first
    assert database.read_now(lambda s: policies.change_mark(s, community_of(s).id)) == mark


def test_a_new_version_takes_the_place_of_the_old_one(database: Database) -> None:
    """Same title and number with other words: version 2 counts, version 1 is over."""
    bring_in(database, ALLOWANCE, DOG)
    bring_in(database, replace(ALLOWANCE, passages=(Passage("每月150元。", ("标准",)),)))
    assert in_force(database) == [("养犬登记", 1), ("高龄津贴", 2)]


def test_the_old_version_counts_until_the_new_one_begins(database: Database) -> None:
    """A version published ahead of its first day leaves the old one in force till then."""
    bring_in(database, ALLOWANCE)
    bring_in(database, replace(ALLOWANCE, effective=LATER))
    assert in_force(database, date(2026, 5, 31)) == [("高龄津贴", 1)]
    assert in_force(database, LATER) == [("高龄津贴", 2)]


def test_a_document_can_supersede_another_by_its_number(database: Database) -> None:
    """A policy under a new name and number names the old one."""
    bring_in(database, SENIOR)
    bring_in(database, paper("老年人优待卡", "条件：六十周岁。", supersedes=(SENIOR.number,)))
    assert in_force(database) == [("老年人优待卡", 1)]


def test_withdrawing_does_not_bring_the_superseded_back(database: Database) -> None:
    """What was replaced stays replaced when its successor is taken back."""
    bring_in(database, ALLOWANCE)
    (second,) = bring_in(database, replace(ALLOWANCE, sample=True))
    database.write_now(lambda s: policies.withdraw(s, row(s, second), None, "写错了", NOW))
    assert in_force(database) == []


def test_withdrawing_before_its_first_day_leaves_the_old_one_in_force(database: Database) -> None:
    """A version that never began never replaced anything."""
    bring_in(database, ALLOWANCE)
    (second,) = bring_in(database, replace(ALLOWANCE, effective=LATER))
    database.write_now(lambda s: policies.withdraw(s, row(s, second), None, "暂缓", NOW))
    assert in_force(database, LATER) == [("高龄津贴", 1)]


def test_a_withdrawn_document_can_be_brought_in_again(database: Database) -> None:
    """The same content after a withdrawal is a new version, and in force."""
    (first,) = bring_in(database, DOG)
    database.write_now(lambda s: policies.withdraw(s, row(s, first), None, "核对", NOW))
    bring_in(database, DOG)
    assert in_force(database) == [("养犬登记", 2)]


@pytest.mark.parametrize(
    ("known", "served"),
    [
        ({"valid_until": date(2026, 3, 3)}, False),
        ({"valid_until": TODAY}, True),
        ({"effective": date(2026, 3, 5)}, False),
        ({"effective": TODAY}, True),
        ({}, True),
    ],
)
def test_only_what_holds_today_is_in_force(
    database: Database, known: dict[str, date], served: bool
) -> None:
    """First and last day both count; nothing before, nothing after."""
    bring_in(database, replace(DOG, **known))  # type: ignore[arg-type]
    assert bool(in_force(database)) is served


def test_what_ends_soon_is_listed_the_soonest_first(database: Database) -> None:
    """Within the days asked for; not what is over, has no end or has been superseded."""
    ends = {"甲": date(2026, 3, 20), "乙": date(2026, 3, 10), "丙": date(2026, 6, 1)}
    papers = [paper(name, "条件：有。", valid_until=day) for name, day in ends.items()]
    bring_in(database, *papers, DOG, paper("丁", "条件：有。", valid_until=date(2026, 3, 1)))
    found = database.read_now(lambda s: policies.expiring(s, community_of(s).id, TODAY))
    assert [one.title for one in found] == ["乙", "甲"]


def test_a_draft_is_not_in_force_until_published(database: Database) -> None:
    """A draft waits; importing it again without the wish for a draft publishes it."""
    (number,) = bring_in(database, DOG, draft=True)
    assert in_force(database) == []
    assert bring_in(database, DOG) == [number]
    assert in_force(database) == [("养犬登记", 1)]


def test_an_older_draft_cannot_push_out_a_newer_version(database: Database) -> None:
    """Publishing goes forward only."""
    (old,) = bring_in(database, DOG, draft=True)
    bring_in(database, replace(DOG, sample=True))
    with pytest.raises(BadDocument, match="更新的版本"):
        database.write_now(lambda s: policies.publish(s, row(s, old), None, NOW))


def test_communities_do_not_see_each_others_documents(database: Database) -> None:
    """A document belongs to the community that brought it in."""
    database.write_now(lambda s: community_of(s, "other"))
    bring_in(database, DOG)
    assert in_force(database, code="other") == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (Document("x", "长" * 201, (Passage("有"),)), "标题"),
        (Document("x", "", (Passage("有"),)), "标题"),
        (Document("x", "题", (Passage("有"),), number="号" * 81), "文号"),
        (Document("x", "题", ()), "没有可用的文字"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(
    database: Database, document: Document, reason: str
) -> None:
    """Title, number and text are checked before anything is stored."""
    with pytest.raises(BadDocument, match=reason):
        bring_in(database, document)


def test_a_zero_byte_in_a_text_does_no_harm(database: Database) -> None:
    """PDF texts may hold one; PostgreSQL takes none."""
    bring_in(database, paper("题\x00目", "条件：有\x00了。"))
    assert in_force(database) == [("题目", 1)]


def test_publishing_and_withdrawing_need_the_right_and_are_audited(database: Database) -> None:
    """A reviewer may, a grid worker may not; every step is in the audit with its reason."""
    (number,) = bring_in(database, DOG, draft=True)

    def work(session: Session) -> list[str]:
        worker, reviewer = (worker_of(session, r) for r in (Role.GRID_WORKER, Role.REVIEWER))
        with pytest.raises(Forbidden):
            policies.publish(session, row(session, number), worker, NOW)
        policies.publish(session, row(session, number), reviewer, NOW)
        policies.withdraw(session, row(session, number), reviewer, " 过时 ", NOW)
        query = select(AuditEntry).where(AuditEntry.subject_kind == "policy_documents")
        return [f"{one.action} {one.reason}" for one in session.scalars(query)]

    steps = database.write_now(work)
    assert steps == ["policy.import ", "policy.publish ", "policy.withdraw 过时"]


def test_documents_survive_a_backup(database: Database, tmp_path: Path) -> None:
    """Dates and superseded versions come back as they were."""
    bring_in(database, SENIOR, ALLOWANCE, replace(ALLOWANCE, sample=True))
    archive = tmp_path / "backup.tar.gz"
    backup.back_up(database, tmp_path / "media", archive, NOW)
    with Database(f"sqlite:///{tmp_path}/restored.db", SECRET) as restored:
        backup.restore(restored, tmp_path / "restored-media", archive)
        assert _all(restored) == _all(database)


def _all(database: Database) -> list[tuple[object, ...]]:
    table = PolicyDocument.__table__
    return database.read_now(lambda s: [tuple(r) for r in s.execute(select(table))])


def test_a_database_with_conversations_is_upgraded(unmigrated_database_url: str) -> None:
    """From the first schema on, with rows in the table that gets a new column."""
    with Database(unmigrated_database_url, SECRET) as database:
        migrate.upgrade(database, "0001")
        database.write_now(_first_schema_rows)
        migrate.upgrade(database)
        assert migrate.is_current(database)
        topic = database.read_now(lambda s: s.scalar(text("SELECT topic FROM dialogs")))
    assert topic in ("{}", {})


def _first_schema_rows(session: Session) -> None:
    for statement in (
        "INSERT INTO communities (id, code, name, phone, duty_phone, gas_phone, office,"
        " last_case_number, created_at) VALUES (1, 'd', 'd', '', '', '', '', 1000, :at)",
        "INSERT INTO residents (id, community_id, account, openid, following,"
        " sent_since_message, sent_since_touch, created_at)"
        " VALUES (1, 1, '', 'o', true, 0, 0, :at)",
        "INSERT INTO dialogs (resident_id, community_id, form_version, progress, choices,"
        " strikes, handover, updated_at) VALUES (1, 1, 0, '{}', '[]', 0, 'bot', :at)",
    ):
        session.execute(text(statement), {"at": "2026-03-04 02:30:00"})
