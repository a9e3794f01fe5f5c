"""The states of a case and the only moves between them.

待审→受理→派单→办理中→(待补充/计划中)→办结→回访→归档, with 不予受理/转办/重复/撤回. A move that
is not in the table does not exist anywhere in the program.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a case stands; the value is stored."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    WORKING = "working"
    WAITING = "waiting"
    PLANNED = "planned"
    RESOLVED = "resolved"
    REVIEW = "review"
    ARCHIVED = "archived"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Actor(StrEnum):
    """Who moves a case."""

    STAFF = "staff"
    RESIDENT = "resident"
    SYSTEM = "system"


STATE_NAMES = {
    State.SUBMITTED: "待审",
    State.ACCEPTED: "受理",
    State.ASSIGNED: "派单",
    State.WORKING: "办理中",
    State.WAITING: "待补充",
    State.PLANNED: "计划中",
    State.RESOLVED: "办结",
    State.REVIEW: "回访",
    State.ARCHIVED: "归档",
    State.REJECTED: "不予受理",
    State.TRANSFERRED: "转办",
    State.DUPLICATE: "重复",
    State.WITHDRAWN: "撤回",
}

# What a state means to the resident who asks how far the matter is.
STATE_WORDS = {
    State.SUBMITTED: "已收到，等工作人员受理",
    State.ACCEPTED: "已受理，正在安排人",
    State.ASSIGNED: "已派给负责人",
    State.WORKING: "正在办理",
    State.WAITING: "等您补充情况",
    State.PLANNED: "已列入计划",
    State.RESOLVED: "已办结",
    State.REVIEW: "已办结，请您评价",
    State.ARCHIVED: "已归档",
    State.REJECTED: "不予受理",
    State.TRANSFERRED: "已转有关部门",
    State.DUPLICATE: "与邻居反映的同一件事合并办理",
    State.WITHDRAWN: "您已撤回",
}

# 网格六事: 党员问事、群众说事、及时办事、民主议事、定期评事、追踪督事
MATTERS = {
    State.SUBMITTED: "说事",
    State.ACCEPTED: "办事",
    State.ASSIGNED: "办事",
    State.WORKING: "办事",
    State.WAITING: "办事",
    State.PLANNED: "办事",
    State.RESOLVED: "办事",
    State.REVIEW: "评事",
    State.ARCHIVED: "评事",
    State.REJECTED: "办事",
    State.TRANSFERRED: "督事",
    State.DUPLICATE: "办事",
    State.WITHDRAWN: "说事",
}

_ENDED_EARLY = {State.REJECTED: {Actor.STAFF}, State.DUPLICATE: {Actor.STAFF}}
_WITHDRAWABLE = {State.WITHDRAWN: {Actor.RESIDENT, Actor.STAFF}}
_STAFF = {Actor.STAFF}

MOVES: dict[State, dict[State, set[Actor]]] = {
    State.SUBMITTED: {State.ACCEPTED: {Actor.STAFF, Actor.SYSTEM}, **_ENDED_EARLY, **_WITHDRAWABLE},
    State.ACCEPTED: {
        State.ASSIGNED: {Actor.STAFF, Actor.SYSTEM},
        State.WORKING: _STAFF,
        State.WAITING: _STAFF,
        State.TRANSFERRED: _STAFF,
        **_ENDED_EARLY,
        **_WITHDRAWABLE,
    },
    State.ASSIGNED: {
        State.ACCEPTED: _STAFF,
        State.WORKING: _STAFF,
        State.WAITING: _STAFF,
        State.TRANSFERRED: _STAFF,
        State.DUPLICATE: _STAFF,
        **_WITHDRAWABLE,
    },
    State.WORKING: {
        State.ASSIGNED: _STAFF,
        State.WAITING: _STAFF,
        State.PLANNED: _STAFF,
        State.RESOLVED: _STAFF,
        State.TRANSFERRED: _STAFF,
        State.DUPLICATE: _STAFF,
        **_WITHDRAWABLE,
    },
    State.WAITING: {
        State.WORKING: {Actor.STAFF, Actor.RESIDENT},
        State.RESOLVED: _STAFF,
        **_WITHDRAWABLE,
    },
    State.PLANNED: {State.WORKING: _STAFF, State.RESOLVED: _STAFF, **_WITHDRAWABLE},
    State.TRANSFERRED: {
        State.ACCEPTED: _STAFF,
        State.WORKING: _STAFF,
        State.RESOLVED: _STAFF,
        **_WITHDRAWABLE,
    },
    State.RESOLVED: {
        State.REVIEW: {Actor.SYSTEM, Actor.STAFF},
        State.WORKING: {Actor.STAFF, Actor.RESIDENT},
    },
    State.REVIEW: {
        State.ARCHIVED: {Actor.SYSTEM, Actor.STAFF, Actor.RESIDENT},
        State.WORKING: {Actor.STAFF, Actor.RESIDENT},
    },
    State.REJECTED: {State.SUBMITTED: _STAFF},
    State.DUPLICATE: {State.SUBMITTED: _STAFF},
    State.ARCHIVED: {},
    State.WITHDRAWN: {},
}

OPEN = tuple(
    state
    for state in State
    if state not in (State.ARCHIVED, State.REJECTED, State.DUPLICATE, State.WITHDRAWN)
)
NEEDS_REASON = frozenset(
    {
        State.WAITING,
        State.PLANNED,
        State.RESOLVED,
        State.REJECTED,
        State.TRANSFERRED,
        State.DUPLICATE,
    }
)


CLOSED = frozenset({State.RESOLVED, State.REVIEW})
"""Settled as the staff see it; the resident may still say that it is not."""
PAUSED = frozenset({State.WAITING, State.PLANNED})
"""The clock of the resolution stands still: the next step is the resident's, or is planned."""
RUNNING = frozenset(OPEN) - CLOSED - PAUSED
"""The clock runs."""

USUAL_REASONS = {
    State.SUBMITTED: "重新受理",
    State.ACCEPTED: "属于受理范围",
    State.ASSIGNED: "交负责人办理",
    State.WORKING: "开始办理",
    State.REVIEW: "请居民评价",
    State.ARCHIVED: "办完归档",
    State.WITHDRAWN: "不再需要办理",
}
"""Why a case was moved where nobody wrote more: nothing moves without a reason."""


class Outcome(StrEnum):
    """How a case ended; only `FIXED` counts as resolved (已解决)."""

    FIXED = "fixed"
    EXPLAINED = "explained"
    PLANNED = "planned"
    IMPOSSIBLE = "impossible"


OUTCOME_NAMES = {
    Outcome.FIXED: "已解决",
    Outcome.EXPLAINED: "已说明",
    Outcome.PLANNED: "列入计划",
    Outcome.IMPOSSIBLE: "暂不能解决",
}


class IllegalMove(Exception):
    """This move does not exist; the message says so in the words of the staff."""


def check_move(start: State, end: State, actor: Actor) -> None:
    """Raises IllegalMove unless `actor` may move a case from `start` to `end`."""
    if actor not in MOVES[start].get(end, set()):
        raise IllegalMove(f"“{STATE_NAMES[start]}”的事项不能改为“{STATE_NAMES[end]}”")


def next_states(start: State, actor: Actor) -> list[State]:
    """The states that `actor` may move a case to, in the order of the table."""
    return [end for end, actors in MOVES[start].items() if actor in actors]
