"""What a case counts as: the one definition behind every figure and behind the list it opens.

Of the cases raised in a period, each rate counts some and leaves out others, and the parts add up:

    响应率   = response_kept / response_counted; left out: response_waiting, response_gone
    办结率   = fixed / resolution_counted;       left out: running, gone
    满意率   = satisfied / rated;                 left out: unrated (未评价), not_closed
    按期率   = in_time / due_counted;             left out: as for 办结率
    重办率   = reopened / ever_closed;            left out: what was never closed

结案不等于解决: a closing counts as solved only with the outcome 已解决, yet every closing, and
every open case past its deadline, is in the denominator. A case that waits for its resident is
paused.
Satisfied is a rating of 4 or 5 of 5; no answer stays 未评价 and never counts for a side.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, or_, true

from services.case_states import OPEN, Outcome, State
from storage.cases import Case

Condition: TypeAlias = ColumnElement[bool]

CLOSED = (State.RESOLVED, State.REVIEW, State.ARCHIVED)
GONE = (State.WITHDRAWN, State.DUPLICATE, State.REJECTED)
SATISFIED = 4
"""The least rating, of 1 to 5, that counts as satisfied."""


class Measure(StrEnum):
    """One thing that a case may count as; the value stands in addresses and stored reports."""

    RAISED = "raised"
    SETTLED = "settled"
    RESPONSE_KEPT = "response_kept"
    RESPONSE_LATE = "response_late"
    RESPONSE_COUNTED = "response_counted"
    RESPONSE_WAITING = "response_waiting"
    RESPONSE_GONE = "response_gone"
    FIXED = "fixed"
    CLOSED_OTHERWISE = "closed_otherwise"
    UNSETTLED = "unsettled"
    RESOLUTION_COUNTED = "resolution_counted"
    RUNNING = "running"
    GONE = "gone"
    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    RATED = "rated"
    UNRATED = "unrated"
    NOT_CLOSED = "not_closed"
    IN_TIME = "in_time"
    LATE = "late"
    DUE_COUNTED = "due_counted"
    REOPENED = "reopened"
    EVER_CLOSED = "ever_closed"
    NEVER_CLOSED = "never_closed"
    AGE_3 = "age_3"
    AGE_7 = "age_7"
    AGE_15 = "age_15"
    AGE_30 = "age_30"
    AGE_OVER = "age_over"


NAMES = {
    Measure.RAISED: "新增",
    Measure.SETTLED: "期内办结",
    Measure.RESPONSE_KEPT: "按时响应",
    Measure.RESPONSE_LATE: "响应超时",
    Measure.RESPONSE_COUNTED: "应响应",
    Measure.RESPONSE_WAITING: "未到响应时限",
    Measure.RESPONSE_GONE: "响应前已撤回或合并",
    Measure.FIXED: "已解决",
    Measure.CLOSED_OTHERWISE: "办结但未解决",
    Measure.UNSETTLED: "超期未办结",
    Measure.RESOLUTION_COUNTED: "应办结",
    Measure.RUNNING: "未到办结时限",
    Measure.GONE: "撤回、重复或不予受理",
    Measure.SATISFIED: "满意",
    Measure.UNSATISFIED: "不满意",
    Measure.RATED: "已评价",
    Measure.UNRATED: "未评价",
    Measure.NOT_CLOSED: "没有办结",
    Measure.IN_TIME: "按期办结",
    Measure.LATE: "超期",
    Measure.DUE_COUNTED: "应按期办结",
    Measure.REOPENED: "重新办理",
    Measure.EVER_CLOSED: "办结过",
    Measure.NEVER_CLOSED: "没有办结过",
    Measure.AGE_3: "在办 3 天以内",
    Measure.AGE_7: "在办 3–7 天",
    Measure.AGE_15: "在办 7–15 天",
    Measure.AGE_30: "在办 15–30 天",
    Measure.AGE_OVER: "在办 30 天以上",
}

AGES = {
    Measure.AGE_3: (0, 3),
    Measure.AGE_7: (3, 7),
    Measure.AGE_15: (7, 15),
    Measure.AGE_30: (15, 30),
    Measure.AGE_OVER: (30, None),
}
"""Days since an open case came in: from, below."""


def conditions(start: datetime, end: datetime, now: datetime) -> dict[Measure, Condition]:
    """The condition of each measure for the period from `start` until before `end`, as of `now`.

    All but `settled` and the ages speak of cases raised in the period.
    """
    raised = and_(Case.created_at >= start, Case.created_at < end)
    return {
        Measure.RAISED: raised,
        Measure.SETTLED: and_(
            Case.state.in_(CLOSED), Case.resolved_at >= start, Case.resolved_at < end
        ),
        **{measure: and_(raised, condition) for measure, condition in of_raised(now).items()},
        **_ages(now),
    }


def of_raised(now: datetime) -> dict[Measure, Condition]:
    """The part of each condition that does not ask when the case was raised."""
    return _response(now) | _resolution(now) | _satisfaction() | _due(now) | _reopening()


def sensitive() -> Condition:
    """The condition that a case is never shown to the public, not even counted below five."""
    return or_(Case.private.is_(True), Case.anonymous.is_(True), Case.confidential != "")


def in_work() -> Condition:
    """The condition that a case is neither closed nor over."""
    return Case.state.in_([state.value for state in OPEN if state not in CLOSED])


def _response(now: datetime) -> dict[Measure, Condition]:
    answered, gone = Case.responded_at.is_not(None), Case.state.in_(GONE)
    waiting = and_(~answered, ~gone)
    kept = and_(answered, Case.responded_at <= Case.response_due)
    late = or_(
        and_(answered, Case.responded_at > Case.response_due),
        and_(waiting, Case.response_due < now),
    )
    return {
        Measure.RESPONSE_KEPT: kept,
        Measure.RESPONSE_LATE: late,
        Measure.RESPONSE_COUNTED: or_(kept, late),
        Measure.RESPONSE_WAITING: and_(waiting, Case.response_due >= now),
        Measure.RESPONSE_GONE: and_(~answered, gone),
    }


def _resolution(now: datetime) -> dict[Measure, Condition]:
    closed, fixed = Case.state.in_(CLOSED), Case.outcome == Outcome.FIXED.value
    unsettled = and_(in_work(), _overdue(now))
    return {
        Measure.FIXED: and_(closed, fixed),
        Measure.CLOSED_OTHERWISE: and_(closed, ~fixed),
        Measure.UNSETTLED: unsettled,
        Measure.RESOLUTION_COUNTED: or_(closed, unsettled),
        Measure.RUNNING: and_(in_work(), ~_overdue(now)),
        Measure.GONE: Case.state.in_(GONE),
    }


def _satisfaction() -> dict[Measure, Condition]:
    closed, rated = Case.state.in_(CLOSED), Case.satisfaction.is_not(None)
    return {
        Measure.SATISFIED: and_(closed, rated, Case.satisfaction >= SATISFIED),
        Measure.UNSATISFIED: and_(closed, rated, Case.satisfaction < SATISFIED),
        Measure.RATED: and_(closed, rated),
        Measure.UNRATED: and_(closed, ~rated),
        Measure.NOT_CLOSED: ~closed,
    }


def _due(now: datetime) -> dict[Measure, Condition]:
    closed = Case.state.in_(CLOSED)
    on_time = and_(Case.resolved_at.is_not(None), Case.resolved_at <= Case.resolve_due)
    in_time = and_(closed, on_time)
    late = or_(and_(closed, ~on_time), and_(in_work(), _overdue(now)))
    return {
        Measure.IN_TIME: in_time,
        Measure.LATE: late,
        Measure.DUE_COUNTED: or_(in_time, late),
    }


def _reopening() -> dict[Measure, Condition]:
    reopened = Case.reopened > 0  # counted by the move itself, see `case_moves`
    closed = Case.state.in_(CLOSED)
    return {
        Measure.REOPENED: reopened,
        Measure.EVER_CLOSED: or_(closed, reopened),
        Measure.NEVER_CLOSED: and_(~closed, ~reopened),
    }


def _overdue(now: datetime) -> Condition:
    return and_(Case.state != State.WAITING.value, Case.resolve_due < now)


def _ages(now: datetime) -> dict[Measure, Condition]:
    found = {}
    for measure, (least, below) in AGES.items():
        young = Case.created_at <= now - timedelta(days=least) if least else true()
        old = Case.created_at > now - timedelta(days=below) if below else true()
        found[measure] = and_(in_work(), young, old)
    return found
