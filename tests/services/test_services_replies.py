"""Staff replies: nothing goes out unapproved, nothing stale, nothing with a blank."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import desk, replies
from services.access import Forbidden, Role
from services.desk import ClaimLost, QueueFilter
from services.replies import BadReply, NewReply, StaleReply
from services.residents import meet
from storage.cases import Case
from storage.communities import Community
from storage.desk import QueueItem, Reply
from storage.engine import Database
from storage.messages import InboundMessage, OutboxMessage
from storage.residents import Resident
from storage.staff import Staff
from tests.services.test_services_cases import submit

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
TEXT = "师傅今天下午来换灯泡。"


def worker(session: Session, login: str, role: Role, scope: str = "/HPJD/demo/") -> Staff:
    """A member of staff, the same one for the same login."""
    found = session.scalar(select(Staff).where(Staff.login == login))
    if found is None:
        found = Staff(
            login=login,
            name=login,
            role=role.value,
            scope_path=scope,
            password_hash="-",
            active=True,
            failures=0,
            created_at=NOW,
        )
        session.add(found)
        session.flush()
    return found


def one_case(session: Session) -> Case:
    """The case that the tests talk about."""
    return session.scalar(select(Case)) or submit(session)


def propose(session: Session, text: str = TEXT, seen: int | None = None) -> Reply:
    """A reply by a community worker to the resident of the case."""
    case = one_case(session)
    resident = session.get_one(Resident, case.resident_id)
    author = worker(session, "wang", Role.COMMUNITY_WORKER)
    return replies.propose(session, author, resident, NewReply(text, seen, case), NOW)


def approve(session: Session, login: str = "zhao", role: Role = Role.REVIEWER) -> None:
    reply = session.scalars(select(Reply)).one()
    replies.approve(session, worker(session, login, role), reply, reply.version, NOW)


def test_an_approved_reply_goes_out_as_it_was_shown(database: Database) -> None:
    """The outbox gets exactly the text; the case counts as answered; the queue is empty of it."""
    database.write_now(propose)
    database.write_now(approve)

    def check(session: Session) -> None:
        assert session.scalars(select(OutboxMessage.text)).all() == [TEXT]
        assert session.scalars(select(Case.responded_at)).one() == NOW
        item = session.scalars(select(QueueItem).where(QueueItem.kind == "approval")).one()
        assert item.state == "done"

    database.read_now(check)


def test_nothing_goes_out_before_approval(database: Database) -> None:
    """A proposed reply waits for a reviewer and is in no outbox."""
    database.write_now(propose)
    assert database.read_now(lambda s: s.scalars(select(OutboxMessage)).all()) == []
    kinds = database.read_now(lambda s: s.scalars(select(QueueItem.kind)).all())
    assert sorted(kinds) == ["approval", "case"]


def test_nobody_approves_their_own_words(database: Database) -> None:
    """A reviewer who writes needs another reviewer."""

    def work(session: Session) -> None:
        case = one_case(session)
        author = worker(session, "zhao", Role.REVIEWER)
        resident = session.get_one(Resident, case.resident_id)
        replies.propose(session, author, resident, NewReply(TEXT, None, case), NOW)
        approve(session, "zhao")

    with pytest.raises(BadReply, match="自己"):
        database.write_now(work)


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COMMUNITY_WORKER, Role.SUPERVISOR])
def test_only_reviewers_approve(database: Database, role: Role) -> None:
    """Other roles are refused, and nothing is sent."""
    database.write_now(propose)
    with pytest.raises(Forbidden):
        database.write_now(lambda s: approve(s, "other", role))
    assert database.read_now(lambda s: s.scalars(select(OutboxMessage)).all()) == []


def test_a_reviewer_of_another_place_cannot_approve(database: Database) -> None:
    """The scope holds for approvals too."""

    def work(session: Session) -> None:
        propose(session)
        worker(session, "far", Role.REVIEWER, "/HPJD/demo/G3/")
        approve(session, "far")

    with pytest.raises(Forbidden):
        database.write_now(work)


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "空"), ("  \n", "空"), ("字" * 601, "太长"), ("师傅{姓名}会来", "没填")],
)
def test_a_reply_that_cannot_be_sent_is_refused_at_once(
    database: Database, text: str, fault: str
) -> None:
    """Empty, over-long and unfinished texts never reach a reviewer."""
    with pytest.raises(BadReply, match=fault):
        database.write_now(lambda s: propose(s, text))


def test_a_reply_to_an_older_state_is_stale(database: Database) -> None:
    """Who has not seen the newest message is told so."""

    def work(session: Session) -> None:
        case = one_case(session)
        session.add(
            InboundMessage(
                account="",
                key="text:1",
                community_id=case.community_id,
                resident_id=case.resident_id,
                kind="text",
                text="不用来了",
                sent_at=NOW,
                received_at=NOW,
            )
        )
        session.flush()
        propose(session)

    with pytest.raises(StaleReply):
        database.write_now(work)


def test_a_reply_is_settled_once(database: Database) -> None:
    """The second of two reviewers learns that it was done."""
    database.write_now(propose)
    database.write_now(approve)
    with pytest.raises(StaleReply):
        database.write_now(lambda s: approve(s, "zhao2"))
    assert len(database.read_now(lambda s: s.scalars(select(OutboxMessage)).all())) == 1


def test_a_rejection_tells_why(database: Database) -> None:
    """The author gets the reason; without one nothing is rejected."""
    database.write_now(propose)

    def reject(session: Session, note: str) -> None:
        reply = session.scalars(select(Reply)).one()
        reviewer = worker(session, "zhao", Role.REVIEWER)
        replies.reject(session, reviewer, reply, reply.version, note, NOW)

    with pytest.raises(BadReply):
        database.write_now(lambda s: reject(s, " "))
    database.write_now(lambda s: reject(s, "请写清楚几点来"))
    reply = database.read_now(lambda s: s.scalars(select(Reply)).one())
    assert (reply.state, reply.review_note) == ("rejected", "请写清楚几点来")


def test_of_two_who_claim_one_wins(database: Database) -> None:
    """Claiming compares and swaps: the second is refused until the lease runs out."""

    def setting(session: Session) -> tuple[int, int]:
        item = session.scalars(select(QueueItem).where(QueueItem.case_id == one_case(session).id))
        first = item.first()
        assert first is not None
        return first.id, first.version

    item, version = database.write_now(setting)
    database.write_now(
        lambda s: desk.claim(s, worker(s, "a", Role.COMMUNITY_WORKER), item, version, NOW)
    )
    with pytest.raises(ClaimLost):
        database.write_now(
            lambda s: desk.claim(s, worker(s, "b", Role.COMMUNITY_WORKER), item, version + 1, NOW)
        )
    later = NOW + desk.LEASE * 2
    database.write_now(
        lambda s: desk.claim(s, worker(s, "b", Role.COMMUNITY_WORKER), item, version + 1, later)
    )


def test_the_queue_shows_only_the_scope(database: Database) -> None:
    """A grid worker sees the cases of their grid; a private one only with the right to it."""

    def work(session: Session) -> None:
        submit(session)  # in grid 1
        submit(session, place_path="/HPJD/demo/G2/B4/")
        submit(session, private=True)

    database.write_now(work)

    def seen(session: Session, role: Role, scope: str) -> int:
        staff = worker(session, f"{role}-{scope}", role, scope)
        return desk.waiting(session, staff, QueueFilter(), NOW)[1]

    def check(session: Session) -> None:
        assert seen(session, Role.GRID_WORKER, "/HPJD/demo/G1/") == 1
        assert seen(session, Role.GRID_WORKER, "/HPJD/demo/G2/") == 1
        assert seen(session, Role.COMMUNITY_WORKER, "/HPJD/demo/") == 3
        assert seen(session, Role.COMMUNITY_WORKER, "/OTHER/") == 0

    database.write_now(check)


def test_two_communities_never_meet(database: Database) -> None:
    """A resident and a case number belong to one community each."""

    def work(session: Session) -> None:
        open_community(session, NOW)
        first = session.scalars(select(Community)).one()
        second = Community(code="other", name="别处", created_at=NOW)
        session.add(second)
        session.flush()
        one = meet(session, first.id, "", "same-openid", NOW)
        two = meet(session, second.id, "other", "same-openid", NOW)
        assert one.id != two.id

    database.write_now(work)
