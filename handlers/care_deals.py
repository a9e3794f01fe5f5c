"""时间银行, what is arranged: who comes, how both sides confirm the time, how one steps back."""

from __future__ import annotations

from dialogue.forms import Values
from dialogue.words import shorten
from handlers import care_forms as forms
from handlers.kit import Begin, Choice, Request, Say, Turn
from services import care, care_settling
from services.care import KIND_NAMES, say_minutes
from services.residents import neighbour_name
from storage.care import CareRequest
from storage.residents import Resident

GONE = "这件刚刚有了变化。回复“时间银行”再看一下。"


def line_of(one: CareRequest) -> str:
    """A request in one line."""
    return f"{KIND_NAMES[one.kind]}·{shorten(one.time_words, 12)}·{say_minutes(one.minutes)}"


def mine(turn: Turn, _request: Request) -> Say:
    """One's live requests, asked for or taken up."""
    found = care.of_resident(turn.session, turn.resident)
    if not found:
        return Say("没有约好的。回复“时间银行”看能做什么。")
    if len(found) == 1:
        return show(turn, found[0])
    choices = tuple(
        Choice(f"{line_of(one)} {care.STATE_NAMES[one.state]}", "care.deal", str(one.id))
        for one in found
    )
    return Say("约好的：", choices, way_out="好了")


def deal(turn: Turn, request: Request) -> Say:
    """One of them."""
    one = _own(turn, request.argument)
    return show(turn, one) if one else Say(GONE)


def _own(turn: Turn, number: str) -> CareRequest | None:
    found = care.of_resident(turn.session, turn.resident, limit=50)
    return next((one for one in found if str(one.id) == number), None)


def show(turn: Turn, one: CareRequest) -> Say:
    """A request as one of its sides reads it, with what they may do."""
    lines = [f"【{line_of(one)}】{care.STATE_NAMES[one.state]}。"]
    number, giving = str(one.id), one.giver_id == turn.resident.id
    if giving:
        elder = turn.session.get_one(Resident, one.elder_id)
        lines.append(f"老人：{neighbour_name(elder)}" + (f"，电话{one.phone}" if one.phone else ""))
        if one.notes and one.notes_for_giver:
            lines.append(f"要留意：“{shorten(one.notes, 120)}”")
    elif one.giver_id is not None:
        lines.append(f"来的人：{neighbour_name(turn.session.get_one(Resident, one.giver_id))}")
    other = one.receiver_minutes if giving else one.giver_minutes
    if other is not None:
        lines.append(f"对方说用了{say_minutes(other)}。")
    choices = [Choice("取消" if not giving else "去不了了", "care.cancel", number)]
    if one.state == "matched":
        choices.insert(0, Choice("办完了，确认时间", "care.confirm", number))
    return Say("\n".join(lines), tuple(choices), way_out="好了")


def confirm(turn: Turn, request: Request) -> Say:
    """Begins to confirm the time."""
    one = _own(turn, request.argument)
    if one is None:
        return Say(GONE)
    other = one.receiver_minutes if one.giver_id == turn.resident.id else one.giver_minutes
    values = {"care": one.id, "proposed": other or one.minutes}
    return Say(begin=Begin(forms.CONFIRM.name, values, text=""))


def confirmed(turn: Turn, values: Values) -> Say:
    """Keeps one side's word; the hours move when both say the same."""
    one = _own(turn, str(values["care"]))
    if one is None:
        return Say(GONE)
    minutes, hours = values["minutes"], turn.world.hours
    try:
        moved = care_settling.confirm(turn.session, one, turn.resident, minutes, hours, turn.now)
    except care.BadCare as error:
        return Say(str(error))
    if moved:
        return Say(f"两边都确认了，{say_minutes(minutes)}记好账了。")
    if one.giver_minutes and one.receiver_minutes:
        return Say("跟对方说的不一样，社区会问清楚再记账。")
    return Say(f"好，{say_minutes(minutes)}。等对方也确认就记账。")


def cancel(turn: Turn, request: Request) -> Say:
    """Steps back, after a second thought."""
    one = _own(turn, request.argument)
    if one is None:
        return Say(GONE)
    told = "，会告诉对方" if one.state == "matched" else ""
    return Say(
        f"【{line_of(one)}】不办了{told}。",
        (Choice("确定", "care.cancel_now", request.argument),),
        way_out="不改了",
    )


def cancel_now(turn: Turn, request: Request) -> Say:
    """Steps back."""
    one = _own(turn, request.argument)
    if one is None:
        return Say(GONE)
    try:
        care.cancel(turn.session, one, turn.resident, turn.now)
    except care.BadCare as error:
        return Say(str(error))
    return Say("好，取消了。")
