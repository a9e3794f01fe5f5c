"""How a case looks to the resident who asks for it: one's own, or a neighbour's one follows."""

from __future__ import annotations

from handlers.kit import Choice, Say, Turn
from handlers.words import by_when, ticket
from services import case_merging, cases, followers
from services.case_similar import without_numbers
from services.case_states import (
    CLOSED,
    MOVES,
    OPEN,
    OUTCOME_NAMES,
    STATE_WORDS,
    USUAL_REASONS,
    Actor,
    Outcome,
    State,
)
from storage.cases import Case


def show(turn: Turn, case: Case) -> Say:
    """One's own case: where it stands, why, by when the next step comes, and what one can do."""
    state = State(case.state)
    lines = [f"〔{ticket(case)}〕{case.title}", f"现在：{STATE_WORDS[state]}"]
    reason = _last_reason(turn, case)
    if case.outcome:
        lines.append(f"结果：{OUTCOME_NAMES[Outcome(case.outcome)]}")
    if reason:
        lines.append(f"说明：{reason}")
    primary = case_merging.primary_of(turn.session, case)
    if primary is not None:
        lines.append(f"合在〔{ticket(primary)}〕里办：{STATE_WORDS[State(primary.state)]}")
    lines += _next_step(turn, case)
    return Say("\n".join(lines), _next_choices(case), way_out="好了")


def _next_step(turn: Turn, case: Case) -> list[str]:
    state = State(case.state)
    if state not in OPEN or state in CLOSED or state is State.WAITING:
        return []
    return [f"最晚{by_when(turn, cases.next_due(case))}前有下一步。"]


def show_followed(turn: Turn, case: Case) -> Say:
    """A neighbour's case: what it is and where it stands, nothing of who reported it."""
    households = 1 + followers.counts(turn.session, [case.id]).get(case.id, 0)
    lines = [
        f"〔{ticket(case)}〕{without_numbers(case.title)}",
        f"现在：{STATE_WORDS[State(case.state)]}，{households}户关注",
        *_next_step(turn, case),
    ]
    leave = Choice("不再关注", "track.unfollow", str(case.number))
    return Say("\n".join(lines), (leave,), way_out="好了")


def _last_reason(turn: Turn, case: Case) -> str:
    events = cases.events_of(turn.session, case, public_only=True)
    moves = [event for event in events if event.kind == "moved"]
    last = moves[-1].reason if moves else ""
    return "" if last == USUAL_REASONS.get(State(case.state)) else last


def _next_choices(case: Case) -> tuple[Choice, ...]:
    state, number = State(case.state), str(case.number)
    choices = []
    if state in CLOSED:
        choices.append(Choice("解决了", "rate.solved", number))
        choices.append(Choice("没解决", "track.unsolved", number))
    if state in OPEN:
        choices.append(Choice("补充情况", "track.add", number))
    if Actor.RESIDENT in MOVES[state].get(State.WITHDRAWN, set()):
        choices.append(Choice("撤回", "track.withdraw", number))
    return tuple(choices)
