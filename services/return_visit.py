"""回访: some time after a closing the resident is asked whether it is solved and how it was done.

结案不等于解决: the answer is theirs. No answer stays 未评价; 没解决 opens the case again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intents.tickets import format_ticket
from services import desk_terms
from services.calendar import USUAL, OfficeHours
from services.case_events import record
from services.case_moves import Move, move
from services.case_states import CLOSED, Actor, State
from services.case_telling import tell_progress
from services.cases import reopen
from storage.cases import Case
from storage.residents import Resident

AFTER = 540
"""Working minutes from the closing to the visit: one day, in which a repair may fail again."""
ANSWER_WITHIN = timedelta(days=7)
BATCH = 50
SATISFACTION_NAMES = {5: "很满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意"}


class NothingToRate(Exception):
    """The case is not closed, or its answer was given already."""


def ask_due(session: Session, hours: OfficeHours, now: datetime) -> int:
    """Asks about the cases that were closed long enough ago, in the office hours of each
    community; returns how many.
    """
    waiting = select(Case.community_id).where(Case.state == State.RESOLVED).distinct()
    return sum(
        _ask_in(session, community, desk_terms.hours_of(session, community, hours), now)
        for community in session.scalars(waiting).all()
    )


def _ask_in(session: Session, community_id: int, hours: OfficeHours, now: datetime) -> int:
    if not hours.is_open(now):
        return 0
    closed = session.scalars(
        select(Case)
        .where(Case.community_id == community_id, Case.state == State.RESOLVED)
        .where(Case.resolved_at <= hours.before(now, AFTER))
        .order_by(Case.resolved_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for case in closed:
        _ask(session, case, hours, now)
    return len(closed)


def _ask(session: Session, case: Case, hours: OfficeHours, now: datetime) -> None:
    resident = session.get(Resident, case.resident_id) if case.resident_id else None
    visited = resident is not None and resident.following and not _too_near(case)
    reason = "" if visited else "没有可以回访的居民"
    wish = Move(State.REVIEW, reason)
    event = move(session, case, wish, Actor.SYSTEM, None, now, hours=hours)
    if visited:
        session.flush()
        tell_progress(session, case, event, format_ticket(case.number), now)
        return
    case.asked_at = None
    move(session, case, Move(State.ARCHIVED, reason), Actor.SYSTEM, None, now, hours=hours)


def _too_near(case: Case) -> bool:
    """Nobody is asked how satisfied they are with what was done about their greatest distress."""
    return case.urgent and case.private


def archive_unanswered(session: Session, now: datetime) -> int:
    """Files the cases whose residents did not answer: 未评价, never taken for content."""
    silent = session.scalars(
        select(Case)
        .where(Case.state == State.REVIEW, Case.asked_at <= now - ANSWER_WITHIN)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for case in silent:
        wish = Move(State.ARCHIVED, "七天没有评价，记为未评价")
        move(session, case, wish, Actor.SYSTEM, None, now)
    return len(silent)


def awaiting(session: Session, resident: Resident) -> list[Case]:
    """The closed cases of a resident that they may still rate, the newest first."""
    query = (
        select(Case)
        .where(
            Case.resident_id == resident.id,
            Case.community_id == resident.community_id,
            Case.state.in_([state.value for state in CLOSED]),
        )
        .order_by(Case.resolved_at.desc(), Case.id.desc())
        .limit(9)
    )
    return list(session.scalars(query))


def rate(
    session: Session,
    case: Case,
    resident: Resident,
    solved: bool,
    satisfaction: int | None,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> None:
    """Keeps the answers; 没解决 opens the case again, else it is filed.

    `satisfaction` is 1 to 5, None where the resident did not say. Raises NothingToRate.
    """
    if State(case.state) not in CLOSED or case.resident_id != resident.id:
        raise NothingToRate
    said = f"满意度：{SATISFACTION_NAMES[satisfaction]}" if satisfaction else "没有说满意度"
    event = record(session, case, now, "rated", Actor.RESIDENT, resident.id)
    event.reason = f"{'已解决' if solved else '没解决'}，{said}"
    event.detail = {"solved": solved, "satisfaction": satisfaction}
    if case.state == State.RESOLVED and solved:
        move(session, case, Move(State.REVIEW), Actor.SYSTEM, None, now, hours=hours)
    if solved:
        wish = Move(State.ARCHIVED, "居民已评价")
        move(session, case, wish, Actor.RESIDENT, resident.id, now, hours=hours)
    else:
        reopen(session, case, resident, now, hours=hours)
    case.rated_at, case.solved, case.satisfaction = now, solved, satisfaction
