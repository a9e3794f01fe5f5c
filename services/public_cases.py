"""What everybody may read about cases: what kind, where down to the grid, how far, since when.

Never a case that is private, anonymous or confidential; never a name, a phone, a door or the
words of a resident, but a summary that the moderation has passed (`case_summary`). What staff wrote
to one resident stays between the two as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.case_figures import Tally, history
from services.case_measures import CLOSED, in_work, sensitive
from services.case_states import Outcome, State
from services.grids import Grids
from services.outside import published_texts
from services.periods import Period
from services.place_names import names_of
from services.redacting import without_numbers
from storage.cases import Case


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case as everybody may see it; `place` is its grid, or the community, `summary` what was
    published about it.
    """

    number: int
    category: str
    place: str
    state: State
    outcome: Outcome | None
    raised_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """Which cases are wanted; `closed` for those dealt with instead of those in work."""

    closed: bool = False
    category: str = ""


def search(
    session: Session,
    community_id: int,
    wanted: PublicFilter,
    *,
    offset: int = 0,
    limit: int = 30,
) -> tuple[list[PublicCase], int]:
    """A page of the public cases of a community, the newest first; and how many in all."""
    query = select(Case).where(*_public(community_id, wanted))
    total = session.scalar(select(func.count()).where(*_public(community_id, wanted))) or 0
    page = query.order_by(Case.created_at.desc(), Case.id.desc()).offset(offset).limit(limit)
    return _redacted(session, list(session.scalars(page))), total


def _public(community_id: int, wanted: PublicFilter) -> list[ColumnElement[bool]]:
    """What was withdrawn, refused or doubled is in neither list."""
    state = Case.state.in_(CLOSED) if wanted.closed else in_work()
    conditions = [Case.community_id == community_id, ~sensitive(), state]
    return [*conditions, Case.category == wanted.category] if wanted.category else conditions


def _redacted(session: Session, cases: list[Case]) -> list[PublicCase]:
    grids = Grids.of(session)
    places = {case.id: grids.find(case.place_path) for case in cases}
    names = names_of(session, set(places.values()))
    texts = published_texts(session, [case.id for case in cases])
    return [
        PublicCase(
            number=case.number,
            category=case.category,
            place=names[places[case.id]],
            state=State(case.state),
            outcome=Outcome(case.outcome) if case.outcome else None,
            raised_at=case.created_at,
            due_at=case.resolve_due if case.resolved_at is None else None,
            closed_at=case.resolved_at,
            summary=without_numbers(texts.get(case.id, "")),
        )
        for case in cases
    ]


def figures(
    session: Session, community_id: int, periods: Sequence[Period], now: datetime
) -> list[tuple[Period, Tally]]:
    """The figures of periods one after the other, over public cases alone."""
    scope = (Case.community_id == community_id) & ~sensitive()
    return history(session, scope, periods, now)
