"""The policy library as its keepers see it: every document with its versions and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services import scope
from services.policies import State
from storage.policies import PolicyDocument, PolicyReview
from storage.staff import Staff

SOON = timedelta(days=30)


class Standing(StrEnum):
    """How a version stands today."""

    DRAFT = "draft"
    WAITING = "waiting"
    FUTURE = "future"
    SERVED = "served"
    SOON_OVER = "soon_over"
    OVER = "over"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


STANDING_NAMES = {
    Standing.DRAFT: "草稿",
    Standing.WAITING: "待审",
    Standing.FUTURE: "还没生效",
    Standing.SERVED: "在用",
    Standing.SOON_OVER: "快到期",
    Standing.OVER: "已过期",
    Standing.SUPERSEDED: "已被替换",
    Standing.WITHDRAWN: "已撤下",
}


@dataclass(frozen=True, slots=True)
class Shelved:
    """A version with its standing; `versions` is how many its document has."""

    row: PolicyDocument
    standing: Standing
    versions: int = 1


@dataclass(frozen=True, slots=True)
class ShelfFilter:
    """Which documents are wanted; empty means all."""

    words: str = ""
    standing: str = ""
    community_id: int | None = None


def standing(session: Session, row: PolicyDocument, today: date) -> Standing:
    """How one version stands."""
    review = session.get(PolicyReview, row.id)
    return _standing(row, review.state if review else "", today)


def shelf(session: Session, staff: Staff, wanted: ShelfFilter, today: date) -> list[Shelved]:
    """The newest version of every document in scope that fits, by title.

    A document of which a version is served is told by that one where the newest is withdrawn.
    """
    reviews = {row.document_id: row.state for row in session.scalars(select(PolicyReview))}
    query = _in_scope(staff).order_by(PolicyDocument.title, PolicyDocument.version)
    if wanted.community_id is not None:
        query = query.where(PolicyDocument.community_id == wanted.community_id)
    families: dict[tuple[int, str, str], list[PolicyDocument]] = {}
    for row in session.scalars(query):
        families.setdefault((row.community_id, row.title, row.number), []).append(row)
    found = [
        Shelved(rows[-1], _standing(rows[-1], reviews.get(rows[-1].id, ""), today), len(rows))
        for rows in families.values()
    ]
    return [one for one in found if _fits(one, wanted)]


def versions(session: Session, row: PolicyDocument) -> Sequence[PolicyDocument]:
    """All versions of the document of `row`, the newest first."""
    query = select(PolicyDocument).where(
        PolicyDocument.community_id == row.community_id,
        PolicyDocument.title == row.title,
        PolicyDocument.number == row.number,
    )
    return session.scalars(query.order_by(PolicyDocument.version.desc())).all()


def find(session: Session, staff: Staff, document_id: int) -> PolicyDocument | None:
    """A version of a community in the scope of `staff`."""
    return session.scalar(_in_scope(staff).where(PolicyDocument.id == document_id))


def _in_scope(staff: Staff) -> Select[PolicyDocument]:
    return select(PolicyDocument).where(PolicyDocument.community_id.in_(scope.communities(staff)))


def _standing(row: PolicyDocument, review: str, today: date) -> Standing:
    if row.state == State.DRAFT:
        return Standing.WAITING if review == "waiting" else Standing.DRAFT
    if row.state == State.WITHDRAWN:
        return Standing.WITHDRAWN
    if row.superseded_from is not None and row.superseded_from <= today:
        return Standing.SUPERSEDED
    if row.valid_until is not None and row.valid_until < today:
        return Standing.OVER
    if row.effective is not None and row.effective > today:
        return Standing.FUTURE
    soon = row.valid_until is not None and row.valid_until <= today + SOON
    return Standing.SOON_OVER if soon else Standing.SERVED


def _fits(one: Shelved, wanted: ShelfFilter) -> bool:
    if wanted.standing and one.standing != wanted.standing:
        return False
    row = one.row
    said = (row.title, row.number, row.issuer, *row.aliases, *(text for _, text in row.passages))
    return all(any(word in text for text in said) for word in wanted.words.split())
