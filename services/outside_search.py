"""Which of the cases that may be known outside are wanted: by number, or by time, category, status.

`outside` says which these are and what of them may be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from services.categories import Catalogue
from services.outside import CLOSED, visible
from storage.cases import Case

MOST = 1000
"""Cases in one answer, as GeoReport v2 has it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases are wanted. With `numbers`, these and no other condition.

    `statuses` has "open", "closed", both or none; both and none mean all.
    """

    numbers: tuple[int, ...] | None
    categories: tuple[str, ...]
    start: datetime
    end: datetime
    statuses: frozenset[str]


def matching(
    session: Session, community_id: int, catalogue: Catalogue, filters: Filters
) -> list[Case]:
    """The cases of a community that pass the filters, the newest first, `MOST` at most."""
    query = select(Case).where(visible(community_id, catalogue))
    return list(session.scalars(_filtered(query, filters)))


def by_number(session: Session, community_id: int, catalogue: Catalogue, number: int) -> list[Case]:
    """The case of that number; none where it does not exist or may not be known."""
    query = select(Case).where(visible(community_id, catalogue), Case.number == number)
    return list(session.scalars(query))


def _filtered(query: Select[Case], filters: Filters) -> Select[Case]:
    newest = query.order_by(Case.created_at.desc(), Case.id.desc()).limit(MOST)
    if filters.numbers is not None:
        return newest.where(Case.number.in_(filters.numbers))
    newest = newest.where(Case.created_at.between(filters.start, filters.end))
    if filters.categories:
        newest = newest.where(Case.category.in_(filters.categories))
    if len(filters.statuses) == 1:
        newest = newest.where(_is_closed() if "closed" in filters.statuses else ~_is_closed())
    return newest


def _is_closed() -> ColumnElement[bool]:
    return Case.state.in_([state.value for state in CLOSED])
