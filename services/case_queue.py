"""A case in the queue of the staff: there while they have something to do about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import desk
from services.case_clock import next_due
from services.case_states import CLOSED, OPEN, RUNNING, State
from storage.cases import Case


def source_of(case: Case) -> str:
    """The name under which a case waits in the queue."""
    return f"case:{case.id}"


def alarm_of(case: Case) -> str:
    """The name under which its ladder (催办) waits in the queue."""
    return f"escalation:{case.id}"


def subject_of(case: Case) -> desk.Subject:
    """A case as the subject of something that waits."""
    return desk.Subject(
        community_id=case.community_id,
        place_path=case.place_path,
        case_id=case.id,
        resident_id=case.resident_id,
    )


def enqueue(session: Session, case: Case, now: datetime) -> None:
    """Puts an open case into the queue, due at its next deadline."""
    kind = desk.ItemKind.EMERGENCY if case.urgent else desk.ItemKind.CASE
    desk.put(
        session,
        kind,
        source_of(case),
        case.title,
        subject_of(case),
        due=next_due(case),
        now=now,
    )


def follow_up(session: Session, case: Case, now: datetime) -> None:
    """After a move: what is settled or waits for the resident leaves the queue; else it stays
    with its next deadline. A ladder that leads nowhere any more is taken away.
    """
    state = State(case.state)
    desk.finish(session, source_of(case), now)
    if case.escalation == 0 or state not in RUNNING:
        desk.finish(session, alarm_of(case), now)
    if state in OPEN and state not in CLOSED and state is not State.WAITING:
        enqueue(session, case, now)


def put_off(session: Session, case: Case, now: datetime) -> None:
    """The next deadline has moved while the case stays where it is: whoever claimed it keeps it."""
    desk.reschedule(session, source_of(case), next_due(case))
    if case.escalation == 0:
        desk.finish(session, alarm_of(case), now)
