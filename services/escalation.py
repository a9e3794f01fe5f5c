"""The ladder 网格 → 社区 → 街道: what comes near its deadline or misses it goes up, rung by rung.

Each step is an event of the case and a new item in the queue of the level, for the place of that
level: its people see it first among what is due. Residents are told nothing, and nothing climbs in
the quiet hours.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import case_queue, desk, desk_terms
from services.calendar import OfficeHours
from services.case_clock import TOP, deadline, rungs, set_alarm
from services.case_events import record_by_itself
from services.case_states import RUNNING, State
from services.places import community_place
from storage.cases import Case
from storage.communities import Place

BATCH = 50
LEVELS = ("", "网格", "社区", "街道")


def run(session: Session, hours: OfficeHours, now: datetime) -> int:
    """Lets the cases climb whose time has come; returns how many did."""
    if hours.after_quiet(now) != now:
        return 0
    due = session.scalars(
        select(Case)
        .where(Case.escalate_at <= now)
        .order_by(Case.escalate_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for case in due:
        climb(session, case, hours, now)
    return len(due)


def climb(session: Session, case: Case, hours: OfficeHours, now: datetime) -> None:
    """One look at a case: up to the highest rung whose moment is past; back to the staff where it
    waited too long for its resident.
    """
    if case.state == State.WAITING:
        _back_from_waiting(session, case, now)
        return
    terms = desk_terms.of_case(session, case, hours)
    passed = sum(moment <= now for moment in rungs(case, terms))
    if State(case.state) in RUNNING and passed > case.escalation:
        case.escalation = passed
        _raise(session, case, now)
    set_alarm(case, terms)


def _back_from_waiting(session: Session, case: Case, now: datetime) -> None:
    why = "居民五个工作日没有补充，请再联系，或按现有情况办理"
    record_by_itself(session, case, now, "escalated", why)
    case.escalate_at = None
    case_queue.enqueue(session, case, now)


def _raise(session: Session, case: Case, now: datetime) -> None:
    what = "办结" if case.responded_at else "答复"
    level = LEVELS[case.escalation]
    why = f"快到{what}期限，提醒{level}" if case.escalation == 1 else f"{what}超期，报{level}"
    event = record_by_itself(session, case, now, "escalated", why)
    event.detail = {"level": case.escalation}
    desk.finish(session, case_queue.alarm_of(case), now)
    desk.put(
        session,
        desk.ItemKind.ESCALATION,
        case_queue.alarm_of(case),
        f"{why}：{case.title}",
        desk.Subject(
            community_id=case.community_id,
            place_path=path_of_level(session, case, case.escalation),
            case_id=case.id,
        ),
        due=deadline(case),
        now=now,
    )


def path_of_level(session: Session, case: Case, level: int) -> str:
    """The path of the place whose people a rung calls: the case's own, its community's, or that
    of the street; where there is no street above the community, the community's.
    """
    if level < TOP - 1:
        return case.place_path
    community = community_place(session, case.community_id)
    if level < TOP or community.parent_id is None:
        return community.path
    return session.get_one(Place, community.parent_id).path
