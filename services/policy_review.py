"""Entries that staff write: a draft, a second person, then served; the askers hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.documents import Document
from knowledge.errors import UnreadableDocumentError
from knowledge.importing import import_document
from services import audit, desk, policies, policy_answers, policy_citations
from services.access import Permission, require
from services.calendar import OfficeHours
from services.canned import CannedReply
from services.places import community_path
from services.policies import State
from services.policy_content import BadDocument, content_of
from storage.communities import Community
from storage.policies import PolicyDocument, PolicyReview
from storage.staff import Staff

TIME_TO_REVIEW = 540
"""Working minutes a draft may wait: one working day."""


class StaleDraft(Exception):
    """A colleague has changed or decided it meanwhile."""


@dataclass(frozen=True, slots=True)
class Wording:
    """An entry as it is written in the console; `body` is Markdown with `## ` headings."""

    title: str
    body: str
    number: str = ""
    issuer: str = ""
    source: str = ""
    issued: date | None = None
    effective: date | None = None
    valid_until: date | None = None
    aliases: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()

    def document(self) -> Document:
        """The entry as the engine knows it, read by the importer of Markdown."""
        known = {
            name: getattr(self, name)
            for name in (
                *("title", "number", "issuer", "source", "issued", "effective"),
                *("valid_until", "aliases", "asked", "supersedes"),
            )
        }
        try:
            return import_document("entry.md", self.body.encode(), **known, sample=False)
        except UnreadableDocumentError as error:
            raise BadDocument(error.reason) from error


def body_of(row: PolicyDocument) -> str:
    """The passages as they are written in the console."""
    parts: list[str] = []
    above: list[str] = []
    for path, text in row.passages:
        if path != above:
            parts.append(f"## {' > '.join(path)}" if path else "")
            above = path
        parts.append(text)
    return "\n".join(part for part in parts if part)


def keep(session: Session, staff: Staff, community_id: int) -> None:
    """Raises Forbidden unless `staff` keeps the policy library of the community."""
    require(staff, Permission.KEEP_KNOWLEDGE, community_path(session, community_id))


def write(
    session: Session, staff: Staff, community: Community, document: Document, now: datetime
) -> PolicyDocument:
    """A draft by `staff`: a new entry, or a new version of the one with this title and number.

    Raises Forbidden and BadDocument.
    """
    keep(session, staff, community.id)
    taken = policies.bring_in(session, community, document, now, draft=True)
    if not taken.new and taken.row.state == State.PUBLISHED:
        raise BadDocument("和在用的版本一样，没有改动")
    _authored(session, staff, taken.row, now)
    audit.record(session, now, staff, "policy.write", taken.row, after={"new": taken.new})
    return taken.row


def rewrite(
    session: Session,
    staff: Staff,
    row: PolicyDocument,
    seen: int,
    document: Document,
    now: datetime,
) -> None:
    """Gives a draft other words; a version that was published is never changed.

    Raises Forbidden, BadDocument, and StaleDraft where it is not as it was seen.
    """
    keep(session, staff, row.community_id)
    _check(session, row, seen, waiting=False)
    content = content_of(document)
    if (content["title"], content["number"]) != (row.title, row.number):
        raise BadDocument("草稿的标题和文号不能改；要改，请另写一条")
    for name, value in content.items():
        setattr(row, name, value)
    policies.touch(row, now)
    _authored(session, staff, row, now)


def submit(
    session: Session,
    staff: Staff,
    row: PolicyDocument,
    seen: int,
    hours: OfficeHours,
    now: datetime,
) -> None:
    """Puts a draft before a second person."""
    keep(session, staff, row.community_id)
    _check(session, row, seen, waiting=False)
    review = _authored(session, staff, row, now)
    review.state = "waiting"
    policies.touch(row, now)
    subject = desk.Subject(
        community_id=row.community_id,
        place_path=community_path(session, row.community_id),
        link=f"/console/policies/{row.id}",
        needs=Permission.APPROVE,
    )
    due = hours.add(now, TIME_TO_REVIEW)
    title = f"审核政策条目：{row.title}"
    desk.put(session, desk.ItemKind.KNOWLEDGE, source_of(row), title, subject, due=due, now=now)
    audit.record(session, now, staff, "policy.submit", row)


def approve(
    session: Session,
    reviewer: Staff,
    row: PolicyDocument,
    seen: int,
    canned: Sequence[CannedReply],
    hours: OfficeHours,
    now: datetime,
) -> int:
    """Publishes a draft and tells those whose questions it answers; how many.

    Raises Forbidden, StaleDraft, and BadDocument for one's own words.
    """
    _decide(session, reviewer, row, seen, "passed", now)
    policies.publish(session, row, reviewer, now)
    policy_citations.flag(session, row, canned, hours, now)
    return policy_answers.tell(session, row, now)


def send_back(
    session: Session, reviewer: Staff, row: PolicyDocument, seen: int, note: str, now: datetime
) -> None:
    """Gives a draft back to its author with the reason."""
    if not note.strip():
        raise BadDocument("退回要写明原因")
    review = _decide(session, reviewer, row, seen, "returned", now)
    review.note = note.strip()
    policies.touch(row, now)
    audit.record(session, now, reviewer, "policy.return", row, reason=review.note)


def retire(
    session: Session,
    staff: Staff,
    row: PolicyDocument,
    reason: str,
    canned: Sequence[CannedReply],
    hours: OfficeHours,
    now: datetime,
) -> None:
    """Takes a published version back at once, with a reason; flags what cites it."""
    if not reason.strip():
        raise BadDocument("撤下要写明原因")
    if row.state != State.PUBLISHED:
        raise BadDocument("只有在用的版本可以撤下")
    policies.withdraw(session, row, staff, reason, now)
    policy_citations.flag(session, row, canned, hours, now)


def review_of(session: Session, row: PolicyDocument) -> tuple[PolicyReview, Staff] | None:
    """Who wrote a draft and what became of it; None for what came by the command line."""
    query = (
        select(PolicyReview, Staff)
        .join(Staff, Staff.id == PolicyReview.author_id)
        .where(PolicyReview.document_id == row.id)
    )
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def source_of(row: PolicyDocument) -> str:
    """The name under which a draft waits in the queue."""
    return f"policy-review:{row.id}"


def _authored(session: Session, staff: Staff, row: PolicyDocument, now: datetime) -> PolicyReview:
    review = session.get(PolicyReview, row.id)
    if review is None:
        review = PolicyReview(
            community_id=row.community_id,
            document_id=row.id,
            author_id=staff.id,
            state="draft",
            created_at=now,
        )
        session.add(review)
    review.author_id, review.state = staff.id, "draft"
    session.flush()
    return review


def _decide(
    session: Session, reviewer: Staff, row: PolicyDocument, seen: int, state: str, now: datetime
) -> PolicyReview:
    require(reviewer, Permission.APPROVE, community_path(session, row.community_id))
    _check(session, row, seen, waiting=True)
    review = session.get_one(PolicyReview, row.id)
    if review.author_id == reviewer.id:
        raise BadDocument("自己写的要请另一位同事审核")
    review.state, review.reviewer_id, review.reviewed_at = state, reviewer.id, now
    desk.finish(session, source_of(row), now, reviewer)
    return review


def _check(session: Session, row: PolicyDocument, seen: int, *, waiting: bool) -> None:
    review = session.get(PolicyReview, row.id)
    waits = review is not None and review.state == "waiting"
    if row.state != State.DRAFT or row.changes != seen or waits != waiting:
        raise StaleDraft("这一条刚刚有了变化，请看过再继续")
