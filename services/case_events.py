"""What happened to a case, recorded: who, when, why, and to which of the six matters it belongs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.case_states import MATTERS, Actor, State
from storage.cases import Case, CaseEvent

USUAL_REASONS = {
    "submitted": "居民反映",
    "added": "居民补充情况",
    "corrected": "居民更正",
    "followed": "邻居也遇到这件事",
    "reply": "答复居民",
    "note": "内部备注",
    "category": "类别不对，改正",
    "assigned": "更换负责人",
}
"""Why, where the event says no more: nothing is recorded without a reason."""
_MATTERS = {"escalated": "督事", "supervised": "督事", "answered": "督事", "rated": "评事"}
"""To which of the six matters an event belongs whatever the state of its case."""


def record(
    session: Session,
    case: Case,
    now: datetime,
    kind: str,
    actor: Actor,
    actor_id: int | None,
    *,
    text: str = "",
    public: bool = False,
) -> CaseEvent:
    """Adds an event that does not move the case, with the usual reason of its kind."""
    event = CaseEvent(
        community_id=case.community_id,
        case_id=case.id,
        at=now,
        kind=kind,
        matter=_MATTERS.get(kind) or MATTERS[State(case.state)],
        actor_kind=actor.value,
        actor_id=actor_id,
        to_state=case.state if kind == "submitted" else "",
        reason=USUAL_REASONS.get(kind, ""),
        text=text,
        public=public,
    )
    session.add(event)
    case.updated_at = now
    return event


def record_by_itself(
    session: Session, case: Case, now: datetime, kind: str, reason: str
) -> CaseEvent:
    """Adds an event that the program brought about by a rule, with the rule in words."""
    event = record(session, case, now, kind, Actor.SYSTEM, None)
    event.reason = reason
    return event


def events_of(session: Session, case: Case, *, public_only: bool = False) -> list[CaseEvent]:
    """What happened to a case, oldest first."""
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    if public_only:
        query = query.where(CaseEvent.public.is_(True))
    return list(session.scalars(query))
