"""查进度: a resident's own cases; add to one, withdraw it, say that it is not solved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dialogue.forms import Heard
from dialogue.words import shorten
from handlers import rate, track_add
from handlers.kit import Action, Choice, Request, Say, Service, Turn
from handlers.track_show import show, show_followed
from handlers.words import ticket
from intents.normalise import normalise
from intents.tickets import find_tickets
from services import cases, followers, return_visit
from services.case_similar import without_numbers
from services.case_states import CLOSED, MOVES, OPEN, STATE_WORDS, Actor, State
from storage.cases import Case

MOST_LISTED = 9
UNSOLVED = "unsolved"
NOTHING = "您还没有反映过事。想反映，直接说是什么事、在哪里就行。"
UNKNOWN = track_add.GONE
TOO_LATE = "这件事现在不能撤回。"


_LIKE_A_NUMBER = re.compile(r"(?:编号|单号|工单|进度|查|#|:| )*\d{3,6} ?[-—–_~·] ?\d\D{0,6}")
_WITHDRAW = re.compile(
    r"撤回|撤了|不用(?:修|办|来|管|处理)|不(?:修|办)了|(?:自己|已经)(?:修|弄)?好了"
)
_UNSOLVED = re.compile(
    r"[没未](?:有)?(?:解决|修好|弄好|办好|处理好)|又坏|还是(?:坏|老样子|那样|不)"
)
_FIXED = re.compile(r"(?:自己|已经|都)?(?:修|弄|办)?好了|解决了")
_CORRECT = re.compile(r"更正|说错了|写错了|报错了")
_ADD = re.compile(r"补充|再说一下|忘了说")


def rule(text: str) -> str | None:
    """A case number in the message, right down to its check digit; 0 where that is wrong. 没解决
    is no command, for in the form of the return visit it answers the question.
    """
    if normalise(text).strip(" .,!") in ("没解决", "没有解决"):
        return UNSOLVED
    numbers = find_tickets(text)
    if numbers:
        return str(numbers[0])
    return "0" if _LIKE_A_NUMBER.fullmatch(normalise(text)) else None


def track(turn: Turn, request: Request) -> Say:
    """Shows the case that was named, the only one, or the list to choose from."""
    if request.argument == UNSOLVED:
        return unsolved(turn, Request(request.heard))
    if request.argument:
        return _numbered(turn, int(request.argument))
    mine = cases.cases_of(turn.session, turn.resident)
    followed = followers.followed_by(turn.session, turn.resident)
    if not mine and not followed:
        return Say(NOTHING)
    meant = _meant(turn, request.text) if mine else None
    if meant is not None:
        return meant(turn, request)
    return _overview(turn, mine, followed)


def _overview(turn: Turn, mine: Sequence[Case], followed: Sequence[Case]) -> Say:
    """The only case there is, or the list to choose from."""
    if len(mine) + len(followed) == 1:
        return show(turn, mine[0]) if mine else show_followed(turn, followed[0])
    shown = [*mine, *followed][:MOST_LISTED]
    choices = tuple(
        Choice(
            f"〔{ticket(case)}〕{_brief(turn, case)} {STATE_WORDS[State(case.state)]}",
            "track",
            str(case.number),
        )
        for case in shown
    )
    return Say("您反映的事，看哪一件？", choices, way_out="不看了")


def _brief(turn: Turn, case: Case) -> str:
    title = shorten(case.title, 14)
    return title if _own(turn, case) else f"（关注）{shorten(without_numbers(title), 10)}"


def _numbered(turn: Turn, number: int) -> Say:
    """The case of this number, where it is one's own or followed; anybody else's is unknown."""
    case = cases.by_number(turn.session, turn.community.id, number)
    if case is None:
        return Say(UNKNOWN)
    if _own(turn, case):
        return show(turn, case)
    if case.private or not followers.follows(turn.session, case, turn.resident):
        return Say(UNKNOWN)
    return show_followed(turn, case)


def _meant(turn: Turn, text: str) -> Action | None:
    """What a sentence about one's own cases asks to be done, beside showing them."""
    if _FIXED.search(text) and not _UNSOLVED.search(text):
        return rate.solved if return_visit.awaiting(turn.session, turn.resident) else withdraw
    if _WITHDRAW.search(text):
        return withdraw
    if _UNSOLVED.search(text):
        return unsolved
    if _CORRECT.search(text):
        return correct
    return add if _ADD.search(text) else None


def _own(turn: Turn, case: Case) -> bool:
    return case.resident_id == turn.resident.id


def unfollow(turn: Turn, request: Request) -> Say:
    """Ends the following of a neighbour's case."""
    case = cases.by_number(turn.session, turn.community.id, int(request.argument))
    if case is None:
        return Say(UNKNOWN)
    followers.leave(turn.session, case, turn.resident)
    return Say(f"好，〔{ticket(case)}〕的进展不再发给您。")


def _case(turn: Turn, number: str) -> Case | None:
    case = cases.by_number(turn.session, turn.community.id, int(number))
    return case if case is not None and _own(turn, case) else None


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
    return Say(begin=track_add.begin(request.argument))


def correct(turn: Turn, request: Request) -> Say:
    """Asks what is to be put right, once it is clear in which case."""
    if not request.argument:
        return _which(turn, "track.correct", "更正", OPEN)
    if _case(turn, request.argument) is None:
        return Say(UNKNOWN)
    return Say(begin=track_add.begin(request.argument, correcting=True))


def withdraw(turn: Turn, request: Request) -> Say:
    """Asks once more before a case is taken back."""
    states = tuple(s for s in OPEN if Actor.RESIDENT in MOVES[s].get(State.WITHDRAWN, set()))
    if not request.argument:
        return _which(turn, "track.withdraw", "撤回", states)
    case = _case(turn, request.argument)
    if case is None or State(case.state) not in states:
        return Say(TOO_LATE)
    return Say(
        f"撤回后不再办理：〔{ticket(case)}〕{case.title}",
        (Choice("确定撤回", "track.withdraw_now", request.argument),),
        way_out="不撤了",
    )


def withdraw_now(turn: Turn, request: Request) -> Say:
    """Takes a case back."""
    case = _case(turn, request.argument)
    if case is None or Actor.RESIDENT not in MOVES[State(case.state)].get(State.WITHDRAWN, set()):
        return Say(TOO_LATE)
    cases.withdraw(turn.session, case, turn.resident, turn.now)
    return Say(f"已撤回〔{ticket(case)}〕。以后有事随时说。")


def unsolved(turn: Turn, request: Request) -> Say:
    """Puts a closed case back to work."""
    states = tuple(CLOSED)
    if not request.argument:
        mine = cases.cases_of(turn.session, turn.resident)
        if not mine:
            return Say(NOTHING)
        if not any(State(case.state) in states for case in mine):
            said = _overview(turn, mine, ())
            return replace(said, text=f"还没办结。\n{said.text}")
        return _which(turn, "track.unsolved", "重办", states)
    case = _case(turn, request.argument)
    if case is None or State(case.state) not in states:
        return Say("这件事还在办。回复“进度”看到哪一步了。")
    cases.reopen(turn.session, case, turn.resident, turn.now, hours=turn.world.hours)
    return Say(
        f"对不住，〔{ticket(case)}〕已重新办理。哪里没弄好，请接着说。",
        begin=track_add.begin(request.argument),
    )


SERVICE = Service(
    name="track",
    actions={
        "track": track,
        "track.add": add,
        "track.correct": correct,
        "track.unfollow": unfollow,
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
        "更正": "track.correct",
        "撤回": "track.withdraw",
    },
    forms=(track_add.FORM_SERVICE,),
    rule=rule,
    answers_in_between=frozenset({"track"}),
)
