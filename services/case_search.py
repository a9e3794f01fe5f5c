"""Finding cases: the one filter behind the list and behind every figure that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from intents.tickets import parse_ticket
from services.access import visible_cases
from services.calendar import CHINA
from services.case_states import OPEN
from services.cases import case_ended
from storage.cases import Case
from storage.staff import Staff

LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted; empty means all. `state` is a state, `open` or `ended`; `day` the
    local day on which they came in.
    """

    state: str = ""
    category: str = ""
    words: str = ""
    overdue: bool = False
    mine: bool = False
    day: date | None = None


def search(
    session: Session,
    staff: Staff,
    wanted: CaseFilter,
    now: datetime,
    *,
    offset: int = 0,
    limit: int = 30,
) -> tuple[list[Case], int]:
    """A page of the cases in sight of `staff`, the newest first; and how many in all."""
    query = _filtered(staff, wanted, now)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Case.created_at.desc(), Case.id.desc()).offset(offset).limit(limit)
    return list(session.scalars(page)), total


def count(session: Session, staff: Staff, wanted: CaseFilter, now: datetime) -> int:
    """How many cases `search` finds."""
    query = _filtered(staff, wanted, now).subquery()
    return session.scalar(select(func.count()).select_from(query)) or 0


def by_state(session: Session, staff: Staff) -> dict[str, int]:
    """Open cases in sight of `staff` by state."""
    query = (
        select(Case.state, func.count())
        .where(visible_cases(staff), ~case_ended())
        .group_by(Case.state)
    )
    return dict(session.execute(query).all())


def by_day(session: Session, staff: Staff, last: date, days: int) -> list[tuple[date, int]]:
    """Cases that came in on each local day up to `last`, oldest day first, empty days too."""
    first = last - timedelta(days=days - 1)
    moments = session.scalars(
        select(Case.created_at).where(
            visible_cases(staff),
            Case.created_at >= _midnight(first),
            Case.created_at < _midnight(last + timedelta(days=1)),
        )
    )
    found = [moment.astimezone(CHINA).date() for moment in moments]
    return [(day, found.count(day)) for day in (first + timedelta(days=n) for n in range(days))]


def overdue(now: datetime) -> ColumnElement[bool]:
    """The condition that an open case has missed its next deadline; a clock that stands still
    misses none.
    """
    late = or_(
        Case.responded_at.is_(None) & (Case.response_due < now),
        Case.resolved_at.is_(None) & Case.paused_at.is_(None) & (Case.resolve_due < now),
    )
    return ~case_ended() & late


def _filtered(staff: Staff, wanted: CaseFilter, now: datetime) -> Select[Case]:
    query = select(Case).where(visible_cases(staff))
    if wanted.state == "open":
        query = query.where(Case.state.in_([state.value for state in OPEN]))
    elif wanted.state == "ended":
        query = query.where(case_ended())
    elif wanted.state:
        query = query.where(Case.state == wanted.state)
    if wanted.category:
        query = query.where(Case.category == wanted.category)
    if wanted.overdue:
        query = query.where(overdue(now))
    if wanted.mine:
        query = query.where(Case.responsible_id == staff.id)
    if wanted.day:
        query = query.where(
            Case.created_at >= _midnight(wanted.day),
            Case.created_at < _midnight(wanted.day + timedelta(days=1)),
        )
    return query.where(_words(wanted.words)) if wanted.words else query


def _words(words: str) -> ColumnElement[bool]:
    number = parse_ticket(words)
    if number is None and words.isdecimal() and len(words) <= LONGEST_NUMBER:
        number = int(words)
    if number is not None:
        return Case.number == number
    return or_(
        *(
            column.contains(words, autoescape=True)
            for column in (Case.title, Case.description, Case.place_text)
        )
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
