"""查进度: a resident's own cases; add to one, withdraw it, say that it is not solved."""

from __future__ import annotations

import re

from dialogue.forms import Form, Heard, Misheard, Slot, Values, silent
from dialogue.words import numbered, shorten
from handlers.kit import Action, Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import by_when, has_words, ticket
from intents.normalise import normalise
from intents.tickets import find_tickets
from services import cases
from services.case_states import MOVES, OPEN, OUTCOME_NAMES, STATE_WORDS, Actor, Outcome, State
from services.sla import deadlines
from storage.cases import Case

NOTHING = "您还没有反映过事。想反映，直接说是什么事、在哪里就行。"
UNKNOWN = "没有查到这个编号，请再看一下。回复“进度”可以看您反映的事。"


_LIKE_A_NUMBER = re.compile(r"(?:编号|单号|工单|进度|查|#|:| )*\d{3,6} ?[-—–_~·] ?\d\D{0,6}")
_WITHDRAW = re.compile(
    r"撤回|撤了|不用(?:修|办|来|管|处理)|不(?:修|办)了|(?:自己|已经)(?:修|弄)?好了"
)
_UNSOLVED = re.compile(
    r"[没未](?:有)?(?:解决|修好|弄好|办好|处理好)|又坏|还是(?:坏|老样子|那样|不)"
)
_ADD = re.compile(r"补充|再说一下|忘了说|更正")


def rule(text: str) -> str | None:
    """A case number in the message, right down to its check digit; 0 where that is wrong."""
    numbers = find_tickets(text)
    if numbers:
        return str(numbers[0])
    return "0" if _LIKE_A_NUMBER.fullmatch(normalise(text)) else None


def track(turn: Turn, request: Request) -> Say:
    """Shows the case that was named, the only one, or the list to choose from."""
    if request.argument:
        case = cases.by_number(turn.session, turn.community.id, int(request.argument))
        return _show(turn, case) if _own(turn, case) else Say(UNKNOWN)
    mine = cases.cases_of(turn.session, turn.resident)
    if not mine:
        return Say(NOTHING)
    meant = _meant(request.text)
    if meant is not None:
        return meant(turn, request)
    if len(mine) == 1:
        return _show(turn, mine[0])
    choices = tuple(
        Choice(
            f"〔{ticket(case)}〕{shorten(case.title, 14)} {STATE_WORDS[State(case.state)]}",
            "track",
            str(case.number),
        )
        for case in mine
    )
    return Say("您反映的事，看哪一件？", choices, way_out="不看了")


def _meant(text: str) -> Action | None:
    """What a sentence about one's own cases asks to be done, beside showing them."""
    if _WITHDRAW.search(text):
        return withdraw
    if _UNSOLVED.search(text):
        return unsolved
    return add if _ADD.search(text) else None


def _own(turn: Turn, case: Case | None) -> bool:
    return case is not None and case.resident_id == turn.resident.id


def _show(turn: Turn, case: Case | None) -> Say:
    assert case is not None  # noqa: S101 - narrowed by `_own`
    state = State(case.state)
    lines = [f"〔{ticket(case)}〕{case.title}", f"现在：{STATE_WORDS[state]}"]
    reason = _last_reason(turn, case)
    if case.outcome:
        lines.append(f"结果：{OUTCOME_NAMES[Outcome(case.outcome)]}")
    if reason:
        lines.append(f"说明：{reason}")
    if state in OPEN and state not in (State.RESOLVED, State.REVIEW, State.WAITING):
        lines.append(f"最晚{by_when(turn, cases.next_due(case))}前有下一步。")
    return Say("\n".join(lines), _next_choices(case), way_out="好了")


def _last_reason(turn: Turn, case: Case) -> str:
    events = cases.events_of(turn.session, case, public_only=True)
    moves = [event for event in events if event.kind == "moved"]
    return moves[-1].reason if moves else ""


def _next_choices(case: Case) -> tuple[Choice, ...]:
    state, number = State(case.state), str(case.number)
    choices = []
    if state in (State.RESOLVED, State.REVIEW):
        choices.append(Choice("没解决", "track.unsolved", number))
    if state in OPEN:
        choices.append(Choice("补充情况", "track.add", number))
    if Actor.RESIDENT in MOVES[state].get(State.WITHDRAWN, set()):
        choices.append(Choice("撤回", "track.withdraw", number))
    return tuple(choices)


def _case(turn: Turn, number: str) -> Case | None:
    case = cases.by_number(turn.session, turn.community.id, int(number))
    return case if _own(turn, case) else None


def _which(turn: Turn, action: str, what: str, states: tuple[State, ...]) -> Say:
    """Lets the resident choose the case that an action is meant for; the only one is chosen."""
    mine = [c for c in cases.cases_of(turn.session, turn.resident) if State(c.state) in states]
    if not mine:
        return Say(f"现在没有能{what}的事。回复“进度”看您反映过的事。")
    if len(mine) == 1:
        return SERVICE.actions[action](turn, Request(Heard(""), str(mine[0].number)))
    choices = tuple(
        Choice(f"〔{ticket(case)}〕{shorten(case.title, 16)}", action, str(case.number))
        for case in mine
    )
    return Say(f"{what}哪一件？", choices)


def add(turn: Turn, request: Request) -> Say:
    """Asks what is to be added, once it is clear to which case."""
    if not request.argument:
        return _which(turn, "track.add", "补充", OPEN)
    if _case(turn, request.argument) is None:
        return Say(UNKNOWN)
    return Say(begin=Begin("add_to_case", {"number": request.argument}))


def withdraw(turn: Turn, request: Request) -> Say:
    """Asks once more before a case is taken back."""
    states = tuple(s for s in OPEN if Actor.RESIDENT in MOVES[s].get(State.WITHDRAWN, set()))
    if not request.argument:
        return _which(turn, "track.withdraw", "撤回", states)
    case = _case(turn, request.argument)
    if case is None or State(case.state) not in states:
        return Say("这件事现在不能撤回。")
    return Say(
        f"撤回后不再办理：〔{ticket(case)}〕{case.title}",
        (Choice("确定撤回", "track.withdraw_now", request.argument),),
        way_out="不撤了",
    )


def withdraw_now(turn: Turn, request: Request) -> Say:
    """Takes a case back."""
    case = _case(turn, request.argument)
    if case is None or Actor.RESIDENT not in MOVES[State(case.state)].get(State.WITHDRAWN, set()):
        return Say("这件事现在不能撤回。")
    cases.withdraw(turn.session, case, turn.resident, turn.now)
    return Say(f"已撤回〔{ticket(case)}〕。以后有事随时说。")


def unsolved(turn: Turn, request: Request) -> Say:
    """Puts a closed case back to work."""
    states = (State.RESOLVED, State.REVIEW)
    if not request.argument:
        mine = cases.cases_of(turn.session, turn.resident)
        if not mine:
            return Say(NOTHING)
        if not any(State(case.state) in states for case in mine):
            return Say("您反映的事没有已办结的。回复“进度”看到哪一步了。")
        return _which(turn, "track.unsolved", "重办", states)
    case = _case(turn, request.argument)
    if case is None or State(case.state) not in states:
        return Say("这件事还在办。回复“进度”看到哪一步了。")
    sla = "urgent" if case.urgent else turn.catalogue.sla(case.category)
    renewed = deadlines(sla, turn.now, turn.world.hours)
    cases.reopen(turn.session, case, turn.resident, renewed, turn.now)
    return Say(
        f"对不住，〔{ticket(case)}〕已重新办理。哪里没弄好，请接着说。",
        begin=Begin("add_to_case", {"number": request.argument}),
    )


def _ask_words(_values: Values) -> str:
    return f"请说要补充什么，也可以发照片。\n{numbered(())}"


def _read_words(heard: Heard, _values: Values) -> str:
    if heard.found.get("photo"):
        return "（补充照片）"
    raise Misheard("请打字说，或发照片。")


def _take_words(heard: Heard, values: Values) -> str:
    return heard.text.strip() if has_words(heard.text) else _read_words(heard, values)


ADD_FORM = Form(
    name="add_to_case",
    version=1,
    slots=(
        silent("photo", many=True),
        Slot("text", _ask_words, _read_words, _take_words),
    ),
    context=frozenset({"number"}),
)


def added(turn: Turn, values: Values) -> Say:
    """Puts the words and pictures to the case."""
    case = _case(turn, values["number"])
    if case is None:
        return Say(UNKNOWN)
    photos = tuple(values.get("photo", ()))
    cases.add(turn.session, case, turn.resident, values["text"], photos, turn.now)
    return Say(f"已加到〔{ticket(case)}〕，工作人员会看到。")


SERVICE = Service(
    name="track",
    actions={
        "track": track,
        "track.add": add,
        "track.withdraw": withdraw,
        "track.withdraw_now": withdraw_now,
        "track.unsolved": unsolved,
    },
    intents={"track_issue": "track"},
    titles={"track_issue": "查我反映的事"},
    commands={
        "进度": "track",
        "查进度": "track",
        "我的反映": "track",
        "补充": "track.add",
        "更正": "track.add",
        "撤回": "track.withdraw",
        "没解决": "track.unsolved",
        "没有解决": "track.unsolved",
    },
    forms=(FormService(ADD_FORM, added, open_ended=True),),
    rule=rule,
    answers_in_between=frozenset({"track"}),
)
