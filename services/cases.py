"""The issue desk: a case is opened, added to, taken back, opened again, and found.

Its parts: `case_states` (the moves that exist), `case_moves`, `case_clock`, `case_queue`,
`case_events`, `case_telling`. What the rest of the program uses of them is named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from services import desk_terms, dispatch
from services.calendar import USUAL, OfficeHours
from services.case_clock import next_due, set_alarm
from services.case_events import events_of, record
from services.case_moves import Move, ReasonMissing, move
from services.case_queue import enqueue, source_of
from services.case_states import OPEN, Actor, State
from services.case_telling import tell_progress
from services.confidence import Confidence
from services.sla import Terms, deadlines
from storage.cases import Case
from storage.communities import Community, Place
from storage.messages import Media
from storage.residents import Resident
from storage.staff import Staff

__all__ = [
    "Move",
    "NewCase",
    "ReasonMissing",
    "add",
    "by_number",
    "case_ended",
    "cases_of",
    "correct",
    "enqueue",
    "events_of",
    "locate",
    "move",
    "next_due",
    "open_count",
    "record",
    "reopen",
    "responsible_of",
    "source_of",
    "submit",
    "tell_progress",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody raises; `sla` is the class of the category, `opened_by` the member of staff
    who entered it, if one did. One that is `confidential` is private whatever `private` says.
    """

    community_id: int
    category: str
    title: str
    description: str
    place_path: str
    sla: str = "normal"
    place_id: int | None = None
    place_text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    contact_phone: str | None = None
    anonymous: bool = False
    private: bool = False
    urgent: bool = False
    origin: str = "wechat"
    opened_by: int | None = None
    media: Sequence[int] = field(default_factory=tuple)
    confidential: str = ""


def submit(
    session: Session, new: NewCase, resident: Resident | None, hours: OfficeHours, now: datetime
) -> Case:
    """Opens a case: number, deadlines, person responsible, a place in the queue, its pictures."""
    terms = desk_terms.newest(session, new.community_id, hours)
    case = _new_row(session, new, resident, terms, now)
    session.add(case)
    set_alarm(case, terms)
    session.flush()
    actor = Actor.RESIDENT if resident else Actor.STAFF
    opener = resident.id if resident else new.opened_by
    record(session, case, now, "submitted", actor, opener, public=True)
    if new.media:
        session.execute(
            update(Media)
            .where(Media.id.in_(new.media), Media.community_id == new.community_id)
            .values(case_id=case.id)
        )
    enqueue(session, case, now)
    return case


def _new_row(
    session: Session, new: NewCase, resident: Resident | None, terms: Terms, now: datetime
) -> Case:
    sla = "urgent" if new.urgent else new.sla
    due = deadlines(sla, now, terms)
    kind = new.confidential or (Confidence.PRIVATE.value if new.private else "")
    responsible = (
        None
        if kind
        else dispatch.responsible(session, new.community_id, new.category, new.place_path)
    )
    return Case(
        community_id=new.community_id,
        number=_next_number(session, new.community_id),
        origin=new.origin,
        resident_id=resident.id if resident else None,
        category=new.category,
        title=new.title[:120],
        description=new.description,
        place_id=new.place_id,
        place_path=new.place_path,
        place_text=new.place_text[:200],
        latitude=new.latitude,
        longitude=new.longitude,
        contact_phone=new.contact_phone,
        anonymous=new.anonymous,
        private=bool(kind),
        confidential=kind,
        urgent=new.urgent,
        sla=sla,
        terms_version=terms.version,
        state=State.SUBMITTED.value,
        escalation=0,
        responsible_id=responsible.id if responsible else None,
        response_due=due.response,
        resolve_due=due.resolve,
        reopened=0,
        created_at=now,
        updated_at=now,
    )


_COMMUNITIES = cast("Table", Community.__table__)
_NEXT_NUMBER = (
    update(_COMMUNITIES)
    .where(_COMMUNITIES.c.id == bindparam("community"))
    .values(last_case_number=_COMMUNITIES.c.last_case_number + 1)
    .returning(_COMMUNITIES.c.last_case_number)
)


def _next_number(session: Session, community_id: int) -> int:
    """The next number of the community; the row lock keeps numbers unique and without gaps."""
    wanted = {"community": community_id}
    number: int = session.connection().execute(_NEXT_NUMBER, wanted).scalar_one()
    return number


def add(
    session: Session,
    case: Case,
    resident: Resident,
    text: str,
    media: Sequence[int],
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> None:
    """Adds a resident's words and pictures; a case that waited for them goes on."""
    _take(session, case, resident, "added", text, media, now)
    _go_on(session, case, resident, now, hours)


def correct(
    session: Session,
    case: Case,
    resident: Resident,
    text: str,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> None:
    """Keeps what the resident puts right (更正) beside what they said first; see `locate` for a
    place that is put right.
    """
    _take(session, case, resident, "corrected", text, (), now)
    _go_on(session, case, resident, now, hours)


def _take(
    session: Session,
    case: Case,
    resident: Resident,
    kind: str,
    text: str,
    media: Sequence[int],
    now: datetime,
) -> None:
    record(session, case, now, kind, Actor.RESIDENT, resident.id, text=text, public=True)
    if media:
        session.execute(
            update(Media)
            .where(Media.id.in_(media), Media.resident_id == resident.id)
            .values(case_id=case.id)
        )


def _go_on(
    session: Session, case: Case, resident: Resident, now: datetime, hours: OfficeHours
) -> None:
    if case.state == State.WAITING:
        wish = Move(State.WORKING, "居民已补充情况")
        move(session, case, wish, Actor.RESIDENT, resident.id, now, hours=hours)
    elif State(case.state) in OPEN:
        enqueue(session, case, now)


def locate(session: Session, case: Case, place: Place, text: str, now: datetime) -> None:
    """Brings a case to the place that was told later; who answers for that place takes it."""
    case.place_id, case.place_path, case.place_text = place.id, place.path, text[:200]
    if case.responsible_id is None and not case.private:
        responsible = dispatch.responsible(session, case.community_id, case.category, place.path)
        case.responsible_id = responsible.id if responsible else None
    case.updated_at = now
    if State(case.state) in OPEN:
        enqueue(session, case, now)


def withdraw(session: Session, case: Case, resident: Resident, now: datetime) -> None:
    """Takes a case back on the resident's word."""
    wish = Move(State.WITHDRAWN, "居民主动撤回")
    move(session, case, wish, Actor.RESIDENT, resident.id, now)


def reopen(
    session: Session, case: Case, resident: Resident, now: datetime, *, hours: OfficeHours = USUAL
) -> None:
    """Puts a closed case back to work because it is not solved (没解决), with a new deadline."""
    case.solved, case.rated_at = False, now
    wish = Move(State.WORKING, "居民反映没有解决")
    move(session, case, wish, Actor.RESIDENT, resident.id, now, hours=hours)


def case_ended() -> ColumnElement[bool]:
    """The expression that a case is over."""
    return Case.state.not_in([state.value for state in OPEN])


_CASES_OF = (
    select(Case)
    .where(Case.resident_id == bindparam("resident"), Case.community_id == bindparam("community"))
    .order_by(case_ended(), Case.created_at.desc(), Case.id.desc())
    .limit(bindparam("most"))
)


def cases_of(session: Session, resident: Resident, *, limit: int = 9) -> list[Case]:
    """The resident's own cases, open ones first, newest first."""
    wanted = {"resident": resident.id, "community": resident.community_id, "most": limit}
    return list(session.scalars(_CASES_OF, wanted))


def by_number(session: Session, community_id: int, number: int) -> Case | None:
    """The case of a community with this number."""
    return session.scalar(
        select(Case).where(Case.community_id == community_id, Case.number == number)
    )


def open_count(session: Session, resident: Resident) -> int:
    """How many cases of a resident are still open."""
    query = select(func.count()).where(Case.resident_id == resident.id, ~case_ended())
    return session.scalar(query) or 0


def responsible_of(session: Session, case: Case) -> Staff | None:
    """The person who answers for a case."""
    return session.get(Staff, case.responsible_id) if case.responsible_id else None
