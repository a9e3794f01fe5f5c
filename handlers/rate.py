"""回访: whether it is solved, and how it was done; two questions, each with a way out."""

from __future__ import annotations

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten, tapped
from handlers import track_add
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import by_when, ticket
from intents.normalise import normalise
from services import cases, return_visit
from services.case_telling import named
from storage.cases import Case

NOTHING = "现在没有等您评价的事。回复“进度”看您反映的事。"
SAID = "said"
SOLVED = ("解决了", "没解决")
GRADES = tuple(return_visit.SATISFACTION_NAMES.values())
WORDS = {name: grade for grade, name in return_visit.SATISFACTION_NAMES.items()} | {
    **dict.fromkeys(("非常满意", "挺好", "很好"), 5),
    **dict.fromkeys(("还可以", "不错", "可以", "好"), 4),
    **dict.fromkeys(("还行", "一般般", "凑合"), 3),
    **dict.fromkeys(("不好", "不太满意"), 2),
    **dict.fromkeys(("很差", "太差了", "非常不满意"), 1),
}


def rule(text: str) -> str | None:
    """The answer to the visit in a word; no command, for in the form it answers the question."""
    return SAID if normalise(text).strip(" .,!") in ("解决了", "已解决", "已经解决了") else None


def rate(turn: Turn, request: Request) -> Say:
    """Asks both questions about the case that was named, or the only one that waits."""
    if request.argument == SAID:
        return solved(turn, Request(request.heard))
    return _begin(turn, request, "rate", {})


def solved(turn: Turn, request: Request) -> Say:
    """The resident said that it is solved: only the second question is left."""
    return _begin(turn, request, "rate.solved", {"solved": True})


def _begin(turn: Turn, request: Request, action: str, known: Values) -> Say:
    waiting = return_visit.awaiting(turn.session, turn.resident)
    if request.argument:
        waiting = [case for case in waiting if str(case.number) == request.argument]
    if not waiting:
        return Say(NOTHING)
    if len(waiting) > 1:
        choices = tuple(
            Choice(f"〔{ticket(case)}〕{shorten(case.title, 16)}", action, str(case.number))
            for case in waiting
        )
        return Say("是哪一件？", choices)
    case = waiting[0]
    values = {"number": case.number, "name": shorten(named(case, ticket(case)), 40), **known}
    return Say(begin=Begin(FORM.name, values, text=""))


def _ask_solved(values: Values) -> str:
    return f"{values['name']}\n现在解决了没有？\n{numbered(SOLVED, way_out='先不评')}"


def _read_solved(heard: Heard, _values: Values) -> bool:
    picked = tapped(heard.word)
    if picked == 1 or heard.word in ("解决了", "已解决", "好了", "修好了"):
        return True
    if picked == 2 or heard.word in ("没解决", "没有解决", "没有", "没好"):
        return False
    raise Misheard("请回复 1 或 2。")


def _ask_satisfaction(values: Values) -> str:
    lead = "太好了。" if values["solved"] else ""
    return f"{lead}这件事办得怎么样？\n{numbered(GRADES, way_out='不说了')}"


def _read_satisfaction(heard: Heard, _values: Values) -> int:
    picked = tapped(heard.word)
    if picked in range(1, len(GRADES) + 1):
        return list(return_visit.SATISFACTION_NAMES)[(picked or 1) - 1]
    if heard.word not in WORDS:
        raise Misheard(f"请回复 1 到 {len(GRADES)} 中的一个数字。")
    return WORDS[heard.word]


FORM = Form(
    name="rate",
    version=1,
    slots=(
        Slot("solved", _ask_solved, _read_solved),
        Slot("satisfaction", _ask_satisfaction, _read_satisfaction),
    ),
    context=frozenset({"number", "name"}),
)


def answered(turn: Turn, values: Values) -> Say:
    """Keeps the answers; what is not solved is taken up again at once."""
    case = cases.by_number(turn.session, turn.community.id, values["number"])
    if case is None:
        return Say(NOTHING)
    try:
        return_visit.rate(
            turn.session,
            case,
            turn.resident,
            values["solved"],
            values.get("satisfaction"),
            turn.now,
            hours=turn.world.hours,
        )
    except return_visit.NothingToRate:
        return Say(NOTHING)
    return _thanks(case) if values["solved"] else _taken_up(turn, case)


def _thanks(case: Case) -> Say:
    return Say(f"记下了，谢谢您。〔{ticket(case)}〕办完了，以后有事随时说。")


def _taken_up(turn: Turn, case: Case) -> Say:
    due = by_when(turn, cases.next_due(case))
    return Say(
        f"对不住，〔{ticket(case)}〕已重新办理，最晚{due}前有下一步。哪里没弄好，接着说就行。",
        begin=track_add.begin(str(case.number)),
    )


def given_up(turn: Turn, values: Values) -> Say:
    """The first answer counts though the second was not given."""
    return answered(turn, values) if "solved" in values else Say()


SERVICE = Service(
    name="rate",
    actions={"rate": rate, "rate.solved": solved},
    commands={
        "评价": "rate",
        "我来评价": "rate",
    },
    forms=(FormService(FORM, answered, given_up=given_up),),
    rule=rule,
)
