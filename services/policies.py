"""Policy documents of a community: brought in as versions, published, withdrawn, in force.

A document is named by its title and number. A new version, or a document that names others in
`supersedes` (by title or number), takes their place from its own first day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from knowledge.documents import Document
from services import audit
from services.access import Permission, require
from services.calendar import CHINA
from services.places import community_path
from services.policy_content import BadDocument, as_document, content_of, is_same
from storage.communities import Community
from storage.policies import PolicyDocument
from storage.staff import Staff


class State(StrEnum):
    """Where a version stands; the value is stored."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a document: its row, and whether a new version was made."""

    row: PolicyDocument
    new: bool


def bring_in(
    session: Session,
    community: Community,
    document: Document,
    now: datetime,
    *,
    draft: bool = False,
) -> Imported:
    """Stores a document as a new version of its title and number, published unless `draft`.

    The same content again makes no new version. Raises BadDocument.
    """
    content = content_of(document)
    newest = _newest(session, community.id, content["title"], content["number"])
    if newest is not None and newest.state != State.WITHDRAWN and is_same(newest, content):
        if newest.state == State.DRAFT and not draft:
            publish(session, newest, None, now)
        return Imported(newest, new=False)
    row = PolicyDocument(
        community_id=community.id,
        version=newest.version + 1 if newest else 1,
        state=State.DRAFT.value,
        changes=1,
        created_at=now,
        updated_at=now,
        **content,
    )
    session.add(row)
    session.flush()
    audit.record(session, now, None, "policy.import", row, after={"version": row.version})
    if not draft:
        publish(session, row, None, now)
    return Imported(row, new=True)


def import_entries(
    session: Session, community: Community, entries: Iterable[Document], now: datetime
) -> int:
    """Publishes entries that were read from files; returns how many are new versions."""
    return sum(bring_in(session, community, entry, now).new for entry in entries)


def publish(session: Session, row: PolicyDocument, staff: Staff | None, now: datetime) -> None:
    """Lets residents have a version, from its first day on, in place of what it supersedes.

    Raises BadDocument where a newer version was published, Forbidden without the right.
    """
    _require(session, row, staff)
    published = _of(row.community_id).where(PolicyDocument.state == State.PUBLISHED)
    others = session.scalars(published.where(PolicyDocument.id != row.id)).all()
    if any(_is_version(other, row) and other.version > row.version for other in others):
        raise BadDocument(f"《{row.title}》已有更新的版本在用")
    row.state = State.PUBLISHED.value
    touch(row, now)
    first = row.effective or _day(now)
    for other in others:
        named = other.title in row.supersedes or other.number in row.supersedes
        sooner = other.superseded_from is None or first < other.superseded_from
        if (named or _is_version(other, row)) and sooner:
            other.superseded_from, other.superseded_by = first, row.id
            touch(other, now)
    audit.record(session, now, staff, "policy.publish", row, after={"version": row.version})


def withdraw(
    session: Session, row: PolicyDocument, staff: Staff | None, reason: str, now: datetime
) -> None:
    """Takes a version back at once. What it superseded stays so, unless its day had not come.

    Raises Forbidden without the right.
    """
    _require(session, row, staff)
    if row.effective is not None and row.effective > _day(now):
        waiting = _of(row.community_id).where(PolicyDocument.superseded_by == row.id)
        for other in session.scalars(waiting):
            other.superseded_from = other.superseded_by = None
            touch(other, now)
    row.state = State.WITHDRAWN.value
    touch(row, now)
    audit.record(session, now, staff, "policy.withdraw", row, reason=reason.strip())


def in_force(session: Session, community_id: int, today: date) -> list[PolicyDocument]:
    """The documents that residents are answered from today, by title."""
    query = _of(community_id).where(_begun(today), _lasting(today))
    return list(session.scalars(query.order_by(PolicyDocument.title, PolicyDocument.id)))


def expiring(
    session: Session, community_id: int, today: date, *, within_days: int = 30
) -> list[PolicyDocument]:
    """Documents in force whose last day is at most `within_days` away, the soonest first."""
    horizon = today + timedelta(days=within_days)
    query = _of(community_id).where(
        _begun(today), _lasting(today), PolicyDocument.valid_until <= horizon
    )
    return list(session.scalars(query.order_by(PolicyDocument.valid_until, PolicyDocument.id)))


def to_serve(session: Session, community_id: int, today: date) -> list[Document]:
    """What the engine is built from: published, and not over today."""
    query = _of(community_id).where(_lasting(today)).order_by(PolicyDocument.id)
    return [as_document(row) for row in session.scalars(query)]


def communities_with_policies(session: Session) -> list[int]:
    """The communities that have published anything."""
    query = select(PolicyDocument.community_id).where(PolicyDocument.state == State.PUBLISHED)
    return list(session.scalars(query.distinct().order_by(PolicyDocument.community_id)))


_MARK = select(func.sum(PolicyDocument.changes), func.max(PolicyDocument.updated_at)).where(
    PolicyDocument.community_id == bindparam("community")
)


def change_mark(session: Session, community_id: int) -> tuple[Any, ...]:
    """A value that differs whenever a document of the community was added or changed."""
    return tuple(session.execute(_MARK, {"community": community_id}).one())


def _newest(session: Session, community_id: int, title: str, number: str) -> PolicyDocument | None:
    versions = select(PolicyDocument).where(
        PolicyDocument.community_id == community_id,
        PolicyDocument.title == title,
        PolicyDocument.number == number,
    )
    return session.scalars(versions.order_by(PolicyDocument.version.desc()).limit(1)).first()


def _is_version(one: PolicyDocument, other: PolicyDocument) -> bool:
    return (one.title, one.number) == (other.title, other.number)


def _of(community_id: int) -> Select[PolicyDocument]:
    return select(PolicyDocument).where(PolicyDocument.community_id == community_id)


def _begun(today: date) -> ColumnElement[bool]:
    return or_(PolicyDocument.effective.is_(None), PolicyDocument.effective <= today)


def _lasting(today: date) -> ColumnElement[bool]:
    """Published and not over: neither past its last day nor superseded."""
    return and_(
        PolicyDocument.state == State.PUBLISHED,
        or_(PolicyDocument.valid_until.is_(None), PolicyDocument.valid_until >= today),
        or_(PolicyDocument.superseded_from.is_(None), PolicyDocument.superseded_from > today),
    )


def touch(row: PolicyDocument, now: datetime) -> None:
    """Counts a change of a version."""
    row.changes, row.updated_at = row.changes + 1, now


def _day(now: datetime) -> date:
    return now.astimezone(CHINA).date()


def _require(session: Session, row: PolicyDocument, staff: Staff | None) -> None:
    if staff is not None:
        path = community_path(session, row.community_id)
        require(staff, Permission.APPROVE, path)
