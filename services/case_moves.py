"""Moving a case: checked in one place, recorded, its clock, ladder and queue kept right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services import case_clock, case_queue, desk_terms
from services.calendar import USUAL, OfficeHours, say_moment
from services.case_events import record, record_by_itself
from services.case_states import (
    CLOSED,
    NEEDS_REASON,
    PAUSED,
    STATE_NAMES,
    USUAL_REASONS,
    Actor,
    Outcome,
    State,
    check_move,
)
from services.sla import Terms
from storage.cases import Case, CaseEvent


class ReasonMissing(Exception):
    """This move needs words that the resident will read."""


@dataclass(frozen=True, slots=True)
class Move:
    """A wish to bring a case into another state, with the words for it."""

    to: State
    reason: str = ""
    outcome: Outcome | None = None
    responsible_id: int | None = None


def move(
    session: Session,
    case: Case,
    wish: Move,
    actor: Actor,
    actor_id: int | None,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> CaseEvent:
    """Moves a case, records it, keeps clock, ladder and queue right.

    Raises IllegalMove for a move that does not exist and ReasonMissing where the resident must
    be told why, or a closing has no outcome. 结案不等于解决: only `Outcome.FIXED` is 已解决.
    """
    session.flush()
    session.refresh(case, ["state"], with_for_update=True)  # two movers never start from one state
    start = State(case.state)
    check_move(start, wish.to, actor)
    _require_words(wish, actor)
    case.state = wish.to.value
    event = record(session, case, now, "moved", actor, actor_id, public=True)
    event.reason = wish.reason.strip() or USUAL_REASONS.get(wish.to, "")
    event.from_state, event.to_state = start.value, wish.to.value
    if wish.responsible_id is not None:
        event.detail = {"from": case.responsible_id, "to": wish.responsible_id}
        case.responsible_id = wish.responsible_id
    terms = _terms(session, case, start, hours)
    _stop_or_go(session, case, start, now, terms)
    if actor is Actor.STAFF:
        case_clock.told(case, now, terms)
    _settle(case, wish, now)
    case_clock.set_alarm(case, terms)
    case_queue.follow_up(session, case, now)
    return event


def _require_words(wish: Move, actor: Actor) -> None:
    if wish.to in NEEDS_REASON and actor is Actor.STAFF and not wish.reason.strip():
        raise ReasonMissing(f"改为“{STATE_NAMES[wish.to]}”要写明给居民看的原因")
    if wish.to is State.RESOLVED and wish.outcome is None:
        raise ReasonMissing("办结要选结果：已解决、已说明、列入计划或暂不能解决")


def _settle(case: Case, wish: Move, now: datetime) -> None:
    """What a closing and a return visit leave in the case."""
    if wish.to is State.RESOLVED and wish.outcome is not None:
        case.outcome, case.outcome_reason = wish.outcome.value, wish.reason
        case.resolved_at = now
    if wish.to is State.REVIEW:
        case.asked_at = now
        case.rated_at = case.solved = case.satisfaction = None


def _terms(session: Session, case: Case, start: State, hours: OfficeHours) -> Terms:
    """Those under which its clock began; the newest where it begins anew."""
    state = State(case.state)
    if state is State.SUBMITTED or (start in CLOSED and state is State.WORKING):
        return desk_terms.newest(session, case.community_id, hours)
    return desk_terms.of_case(session, case, hours)


def _stop_or_go(session: Session, case: Case, start: State, now: datetime, terms: Terms) -> None:
    """The clock as the new state wants it; every stop and go is seen in the timeline."""
    state = State(case.state)
    if state in PAUSED and start not in PAUSED:
        case_clock.pause(case, now)
        why = "等居民补充" if state is State.WAITING else "已列入计划"
        record_by_itself(session, case, now, "paused", f"{why}，办结期限暂停")
    elif start in PAUSED:
        case_clock.resume(case, now, terms)
        case_clock.told(case, now, terms)
        _note_deadline(session, case, now, "resumed", "接着计时")
    elif start in CLOSED and state is State.WORKING:
        case.outcome, case.resolved_at = "", None
        case.reopened += 1
        case_clock.renew(case, now, terms)
        case_clock.told(case, now, terms)
        _note_deadline(session, case, now, "resumed", "重新办理")
    elif state is State.SUBMITTED:
        case_clock.renew(case, now, terms)


def _note_deadline(session: Session, case: Case, now: datetime, kind: str, why: str) -> None:
    due = say_moment(case.resolve_due, now)
    record_by_itself(session, case, now, kind, f"{why}，办结期限 {due}")
