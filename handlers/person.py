"""A person: the conversation goes to the staff and the bot keeps quiet."""

from __future__ import annotations

from dialogue.messages import Kind
from handlers.kit import Request, Say, Service, Turn
from handlers.passing_on import leave_with_staff
from handlers.words import by_when, phone_line
from services import handover


def person(turn: Turn, request: Request) -> Say:
    """Hands the conversation to the staff and says truthfully by when somebody answers."""
    due = handover.hand_over(
        turn.session, turn.resident, turn.dialog, request.text, turn.world.hours, turn.now
    )
    lead = "没听明白，对不住。" if request.argument == "not_understood" else "好，"
    hours = "" if turn.world.hours.is_open(turn.now) else "现在是下班时间，"
    lines = [f"{lead}已转给工作人员。{hours}{by_when(turn, due)}前会有人回复您。", phone_line(turn)]
    return Say("\n".join([*filter(None, lines), "不想等了，回复“菜单”。"]))


def recording(turn: Turn, request: Request) -> Say:
    """A voice or a video without words: kept for the staff to listen to."""
    what, do = ("语音", "听") if request.heard.kind is Kind.VOICE else ("视频", "看")
    due = leave_with_staff(turn, f"居民发来{what}", "human")
    return Say(
        f"{what}收到了。我{do}不了，工作人员来{do}，{due}前回复您。\n您也可以打字说，我现在就能记。"
    )


SERVICE = Service(
    name="person",
    actions={"person": person, "recording": recording},
    intents={"human": "person"},
    commands={
        "人工": "person",
        "转人工": "person",
        "人工服务": "person",
        "找人": "person",
        "找工作人员": "person",
    },
    kinds={Kind.VOICE: "recording", Kind.VIDEO: "recording"},
    answers_in_between=frozenset({"recording"}),
    interrupts=frozenset({"person"}),
)
