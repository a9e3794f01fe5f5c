"""What staff do with a case: move, reassign, note; with right, audit and word to the resident."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intents.tickets import format_ticket
from services import audit, case_merging, cases
from services.access import Permission, covers, may, require
from services.calendar import USUAL, OfficeHours
from services.case_states import STATE_NAMES, Actor, State
from services.case_words import BadInput, words_of
from storage.cases import Case, CaseEvent
from storage.messages import Media
from storage.staff import Staff

LONGEST_NOTE = 2000


class StaleCase(Exception):
    """The case has moved on since the staff member read it; the message says where it is now."""


def move(
    session: Session,
    staff: Staff,
    case: Case,
    wish: cases.Move,
    seen: State,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> CaseEvent:
    """Moves a case that the staff member saw in state `seen`, and tells the resident.

    Raises Forbidden, StaleCase, BadInput, and what `cases.move` raises.
    """
    require(staff, Permission.HANDLE, case.place_path)
    if case.state != seen:
        raise StaleCase(f"这件事刚刚改为“{STATE_NAMES[State(case.state)]}”，您看到的是之前的情况")
    if wish.to is State.ASSIGNED:
        _responsible(session, case, wish.responsible_id)
    if seen is State.DUPLICATE:
        case_merging.part(session, case)
    event = cases.move(session, case, wish, Actor.STAFF, staff.id, now, hours=hours)
    session.flush()
    cases.tell_progress(session, case, event, format_ticket(case.number), now)
    audit.record(
        session,
        now,
        staff,
        "case.move",
        case,
        before={"state": seen.value},
        after={"state": case.state, "responsible": case.responsible_id},
    )
    return event


def reassign(
    session: Session,
    staff: Staff,
    case: Case,
    responsible_id: int | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Names another person responsible without moving the case; who was before stays in the
    timeline. Raises Forbidden, BadInput.
    """
    require(staff, Permission.HANDLE, case.place_path)
    person = _responsible(session, case, responsible_id)
    before = case.responsible_id
    if person.id == before:
        raise BadInput("负责人没有变")
    event = cases.record(session, case, now, "assigned", Actor.STAFF, staff.id)
    event.detail = {"from": before, "to": person.id}
    event.reason = reason.strip()[:200] or event.reason
    case.responsible_id = person.id
    audit.record(
        session,
        now,
        staff,
        "case.reassign",
        case,
        before={"responsible": before},
        after={"responsible": person.id},
    )


def note(session: Session, staff: Staff, case: Case, text: str, now: datetime) -> None:
    """Adds an internal note, never shown to the resident; raises Forbidden, BadInput."""
    require(staff, Permission.HANDLE, case.place_path)
    words = words_of(text, "备注", LONGEST_NOTE)
    cases.record(session, case, now, "note", Actor.STAFF, staff.id, text=words)


def candidates(session: Session, case: Case) -> list[Staff]:
    """Who may be made responsible for a case: active, able to handle it, its place in scope."""
    everybody = session.scalars(select(Staff).where(Staff.active.is_(True)).order_by(Staff.name))
    fit = [
        person
        for person in everybody
        if may(person, Permission.HANDLE) and covers(person, case.place_path)
    ]
    return sorted(fit, key=lambda person: (-len(person.scope_path), person.name))


def pictures(session: Session, case: Case) -> list[Media]:
    """The pictures of a case, oldest first."""
    query = select(Media).where(Media.case_id == case.id, Media.kind == "image").order_by(Media.id)
    return list(session.scalars(query))


def _responsible(session: Session, case: Case, staff_id: int | None) -> Staff:
    person = next((one for one in candidates(session, case) if one.id == staff_id), None)
    if person is None:
        raise BadInput("请选负责人")
    return person
