"""The clock of a case: it runs in working time, and stands still in 待补充 and 计划中.

Deadlines are stored, not computed when asked: every event that moves one writes it down. Minutes
are whole; a moment counts as the minute that it lies in.
"""

from __future__ import annotations

from datetime import datetime

from services.case_states import RUNNING, State
from services.sla import Terms, deadlines, earlier, later
from storage.cases import Case

PLANNED_WORD = 10 * 540
"""Working minutes after which the resident of a planned case hears of it again."""
PATIENCE = 5 * 540
"""Working minutes that a case waits for its resident before the staff look at it again."""
TOP = 3
"""The highest rung of the ladder: 1 网格 before the deadline, 2 社区 at it, 3 街道 after it."""
_RESPONSE, _RESOLUTION = (60, 120), (540, 540)
_URGENT_RESPONSE, _URGENT_RESOLUTION = (10, 30), (120, 120)


def renew(case: Case, now: datetime, terms: Terms) -> None:
    """Gives a case the whole time of its class from `now` on by `terms`, and puts it at the foot
    of the ladder.
    """
    case.resolve_due = deadlines(case.sla, now, terms).resolve
    case.paused_at, case.escalation = None, 0
    case.terms_version = terms.version


def told(case: Case, now: datetime, terms: Terms) -> None:
    """The resident has heard from the staff: the first time is the response, each time puts off
    when they should hear next.
    """
    if case.responded_at is None:
        case.responded_at, case.escalation = now, 0
    minutes = (
        PLANNED_WORD if case.state == State.PLANNED else terms.promises[case.sla].update_minutes
    )
    case.update_due = later(case.sla, now, minutes, terms)


def pause(case: Case, now: datetime) -> None:
    """Stops the clock."""
    case.paused_at = now


def resume(case: Case, now: datetime, terms: Terms) -> None:
    """Lets the clock run on: what was left of the time is left again. A deadline that was missed
    before the pause stays missed.
    """
    paused, case.paused_at = case.paused_at, None
    if paused is None or case.resolve_due <= paused:
        return
    if terms.promises[case.sla].urgent:
        case.resolve_due += now - paused
    else:
        case.resolve_due = terms.hours.add(now, terms.hours.between(paused, case.resolve_due))


def deadline(case: Case) -> datetime:
    """The deadline that the case is measured by now: the response, then the resolution."""
    return case.resolve_due if case.responded_at else case.response_due


def next_due(case: Case) -> datetime:
    """When the next step is due: the response, else the next word or the resolution."""
    if case.responded_at is None:
        return case.response_due
    if case.update_due is None:
        return case.resolve_due
    return case.update_due if case.paused_at else min(case.update_due, case.resolve_due)


def rungs(case: Case, terms: Terms) -> list[datetime]:
    """When the case climbs each rung of the ladder: before its deadline, at it, and after it."""
    urgent, end = terms.promises[case.sla].urgent, deadline(case)
    if case.responded_at:
        ahead, beyond = _URGENT_RESOLUTION if urgent else _RESOLUTION
    else:
        ahead, beyond = _URGENT_RESPONSE if urgent else _RESPONSE
    return [
        earlier(case.sla, end, ahead, terms),
        end,
        later(case.sla, end, beyond, terms),
    ]


def set_alarm(case: Case, terms: Terms) -> None:
    """Writes down when the ladder looks at the case next; never in the quiet hours."""
    state, moment = State(case.state), None
    if state in RUNNING and case.escalation < TOP:
        moment = rungs(case, terms)[case.escalation]
    elif state is State.WAITING and case.paused_at:
        moment = terms.hours.add(case.paused_at, PATIENCE)
    case.escalate_at = terms.hours.after_quiet(moment) if moment else None
