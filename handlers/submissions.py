"""我写的: what became of the texts that a resident wrote for others, and the appeal (申诉)."""

from __future__ import annotations

from dialogue.forms import Form, Values
from dialogue.words import numbered, shorten
from handlers.free_words import free
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from services import moderation, submissions
from services.moderated import KIND_NAMES
from services.moderation import STATE_NAMES
from storage.moderation import Submission

TITLE = 24
NOTHING = "您没有可以申诉的内容。没有公开的，一条可以申诉一次。"


def _ask_words(values: Values) -> str:
    return (
        f"“{values['title']}”没有公开。\n请说说为什么应该公开，会请另一位同事再看。\n{numbered(())}"
    )


FORM = Form(
    name="appeal",
    version=1,
    slots=(free("words", _ask_words, "请用一两句话说。"),),
    context=frozenset({"submission", "title"}),
)


def show(turn: Turn, _request: Request) -> Say:
    """The last texts with their state."""
    mine = submissions.of_resident(turn.session, turn.resident)
    if not mine:
        return Say("您还没有写过要公开的内容。回复“菜单”看能办什么。")
    lines = "\n".join(_line(one) for one in mine)
    choices = tuple(_choice(one) for one in submissions.open_to_appeal(turn.session, turn.resident))
    return Say(f"您写的，最近的在前：\n{lines}", choices[:3], way_out="好了" if choices else "")


def _line(one: Submission) -> str:
    state = STATE_NAMES[one.state]
    if one.appeal and one.state == "waiting":
        state = "申诉中"
    kind = KIND_NAMES.get(one.kind, "")
    return f"【{kind or '内容'}·{state}】“{shorten(one.text, TITLE)}”"


def _choice(one: Submission) -> Choice:
    return Choice(f"申诉“{shorten(one.text, 12)}”", "submissions.appeal", str(one.id))


def appeal(turn: Turn, request: Request) -> Say:
    """Begins an appeal; where several texts were refused, asks which."""
    found = submissions.open_to_appeal(turn.session, turn.resident)
    if request.argument:
        found = [one for one in found if str(one.id) == request.argument]
    if not found:
        return Say(NOTHING)
    if len(found) > 1:
        return Say("申诉哪一条？", tuple(_choice(one) for one in found), way_out="不申诉了")
    one = found[0]
    values = {"submission": one.id, "title": shorten(one.text, TITLE)}
    return Say(begin=Begin(FORM.name, values, text=""))


def appealed(turn: Turn, values: Values) -> Say:
    """Puts the text before another reviewer."""
    found = submissions.open_to_appeal(turn.session, turn.resident)
    one = next((one for one in found if one.id == values["submission"]), None)
    if one is None:
        return Say(NOTHING)
    moderation.appeal(turn.session, one, values["words"], turn.world.hours, turn.now)
    return Say("收到您的申诉，会请另一位同事再看，结果告诉您。\n回复“我写的”随时查看。")


SERVICE = Service(
    name="submissions",
    actions={"submissions": show, "submissions.appeal": appeal},
    commands={"我写的": "submissions", "我发的内容": "submissions", "申诉": "submissions.appeal"},
    forms=(FormService(FORM, appealed, open_ended=True),),
    answers_in_between=frozenset({"submissions"}),
)
