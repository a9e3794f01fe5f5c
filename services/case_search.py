"""Finding cases: the one filter behind the list and behind every figure that opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from intents.tickets import parse_ticket
from services.access import visible_cases
from services.calendar import CHINA
from services.case_measures import Measure, conditions, sensitive
from services.case_states import OPEN
from services.cases import case_ended
from services.periods import midnight
from storage.cases import Case
from storage.communities import Place
from storage.staff import Staff

LONGEST_NUMBER = 9
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted; empty means all. `state` is a state, `open` or `ended`; `day` the
    local day on which they came in.

    What figures ask for: `measure` in the local days `first` to `last`; the `place` by its path,
    with `here` only what lies in no grid below it; `person` and `organisation` by number, 0 for
    none; `public` without what is private, anonymous or confidential; `ids` exactly these.
    """

    state: str = ""
    category: str = ""
    words: str = ""
    overdue: bool = False
    mine: bool = False
    day: date | None = None
    measure: str = ""
    first: date | None = None
    last: date | None = None
    place: str = ""
    here: bool = False
    person: int | None = None
    organisation: int | None = None
    public: bool = False
    ids: tuple[int, ...] | None = None


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
    query = _filtered(staff, wanted, now).order_by(Case.created_at.desc(), Case.id.desc())
    if wanted.words:
        return _searched(session, query, offset, limit)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return list(session.scalars(query.offset(offset).limit(limit))), total


def _searched(
    session: Session, query: Select[Case], offset: int, limit: int
) -> tuple[list[Case], int]:
    """As `search`, reading through the texts once instead of once to count and once to show."""
    ids = list(session.scalars(query.with_only_columns(Case.id)))
    shown = ids[offset : offset + limit]
    rows = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(shown)))}
    return [rows[number] for number in shown], len(ids)


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
            Case.created_at >= midnight(first),
            Case.created_at < midnight(last + timedelta(days=1)),
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
    return select(Case).where(
        visible_cases(staff), *_plain(staff, wanted, now), *_figure(wanted, now)
    )


def _plain(staff: Staff, wanted: CaseFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """The conditions of what one chooses in the form of the list."""
    if wanted.state == "open":
        yield Case.state.in_([state.value for state in OPEN])
    elif wanted.state == "ended":
        yield case_ended()
    elif wanted.state:
        yield Case.state == wanted.state
    if wanted.category:
        yield Case.category == wanted.category
    if wanted.overdue:
        yield overdue(now)
    if wanted.mine:
        yield Case.responsible_id == staff.id
    if wanted.day:
        yield Case.created_at >= midnight(wanted.day)
        yield Case.created_at < midnight(wanted.day + timedelta(days=1))
    if wanted.words:
        yield _words(wanted.words)


def _figure(wanted: CaseFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """The conditions that only figures set."""
    if wanted.measure and wanted.first and wanted.last:
        start, end = midnight(wanted.first), midnight(wanted.last + timedelta(days=1))
        yield conditions(start, end, now)[Measure(wanted.measure)]
    if wanted.place:
        yield Case.place_path.between(wanted.place, wanted.place + LAST_CHARACTER)
    if wanted.here:
        yield ~_in_a_grid()
    if wanted.person is not None:
        yield Case.responsible_id.is_not_distinct_from(wanted.person or None)
    if wanted.organisation is not None:
        yield _of_organisation(wanted.organisation)
    if wanted.public:
        yield ~sensitive()
    if wanted.ids is not None:
        # written out: a report of a street may have more cases than a statement has parameters
        yield Case.id.in_(bindparam("ids", wanted.ids, expanding=True, literal_execute=True))


def _in_a_grid() -> ColumnElement[bool]:
    inside = func.substr(Case.place_path, 1, func.length(Place.path)) == Place.path
    return exists().where(Place.kind == "grid", inside)


def _of_organisation(number: int) -> ColumnElement[bool]:
    """Cases whose person responsible works there; for 0, nowhere, or there is nobody."""
    works = exists().where(Staff.id == Case.responsible_id, Staff.organisation_id.is_not(None))
    there = exists().where(Staff.id == Case.responsible_id, Staff.organisation_id == number)
    return there if number else ~works


def _words(words: str) -> ColumnElement[bool]:
    """A number, or words that all occur somewhere in the texts of the case, in any letters."""
    number = parse_ticket(words)
    if number is None and words.isdecimal() and len(words) <= LONGEST_NUMBER:
        number = int(words)
    if number is not None:
        return Case.number == number
    return and_(*(_somewhere(word) for word in words.split()))


def _somewhere(word: str) -> ColumnElement[bool]:
    """Chinese has no capitals, and looking for them in every text takes twice the time."""
    texts = (Case.title, Case.description, Case.place_text)
    if word.lower() == word.upper():
        return or_(*(text.contains(word, autoescape=True) for text in texts))
    return or_(*(text.icontains(word, autoescape=True) for text in texts))
