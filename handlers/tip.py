"""监督举报: a confidential word about public money or the conduct of those who serve here, and how
far it is, for its author alone. The one door for all that is told so.

What is said here is kept encrypted and apart: the conversation that staff read shows none of it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from dialogue.forms import Form, Heard, Misheard, Redo, Slot, Values
from dialogue.words import numbered, tapped
from handlers.hearing import hear
from handlers.kit import Begin, FormService, Request, Say, Service, Turn
from handlers.words import by_when, has_words
from services import inbound, tip_offs
from services.tip_offs import RECEIPT, Told

NAME = "tip"
LIFE = timedelta(hours=1)
LONGEST = 1000
SHORTEST_MATTER = 12
_TELLS = re.compile(r"举报|检举|揭发")
_MONEY = re.compile(
    r"资金|经费|公款|贪|挪用|私吞|侵占|惠民|补助款|救助款|账目|假账|回扣|受贿|优亲厚友|吃拿卡要|中饱"
)
_CONDUCT = re.compile(
    r"干部|书记|主任|领导|工作人员|办事员|窗口|网格员|社工|居委会|村委会|以权谋私|徇私|不作为|乱作为|收礼|送礼|作风"
)
_BARE = re.compile(r"(?:我?要?想?)?(?:监督|保密|匿名)举报")
_OWN = re.compile(r"我的举报|举报(?:的?进展|到哪.*|怎么样了|结果)|查举报")


def rule(text: str) -> str | None:
    """A tip-off, a receipt, or the wish to know how far one is; 举报 of a neighbour is a report."""
    plain = text.strip(" 。！!")
    found = RECEIPT.search(plain)
    if found:
        return f"={found[0]}"
    if _OWN.fullmatch(plain):
        return "="
    if _BARE.fullmatch(plain) or (_TELLS.search(plain) and _about(plain)):
        return ""
    return None


def _about(text: str) -> bool:
    """Whether a text speaks of money or of people who serve the public."""
    return bool(_MONEY.search(text) or _CONDUCT.search(text))


def tip(turn: Turn, request: Request) -> Say:
    """Begins a tip-off with what was said already, or tells how far one is."""
    inbound.conceal(turn.session, turn.inbound)
    if request.argument.startswith("="):
        return _how_far(turn, request.argument[1:])
    words = request.text.strip()
    known = {"text": words[:LONGEST]} if len(words) >= SHORTEST_MATTER else {}
    lead = (
        "公家的钱、工作人员的事在这里说：加密存放，只有审核员和管理员能看，聊天里不留，"
        "被说到的人看不到。\n邻居、违建这些，回 0 后直接说就行。"
    )
    return Say(lead, begin=Begin(FORM.name, known, text=""))


def own(turn: Turn, _request: Request) -> Say:
    """How far one's own are."""
    return _how_far(turn, "")


def _how_far(turn: Turn, receipt: str) -> Say:
    if receipt:
        one = tip_offs.by_receipt(turn.session, turn.resident, receipt)
        found = [one] if one else []
    else:
        found = tip_offs.own(turn.session, turn.resident)
    if not found:
        return Say("没有查到。匿名的请发回执号，比如 JBAB2C-D3EF。\n回复“菜单”看别的。")
    lines = [tip_offs.said(one) + (f"。{one.result}" if one.result else "") for one in found]
    return Say("\n".join(lines))


def told(turn: Turn, values: Values) -> Say:
    """Stores it; the receipt is the only thing that stays in the conversation."""
    named = values["who"] == "named"
    wanted = Told(
        values["text"],
        turn.resident if named else None,
        values.get("phone") or None,
    )
    left = tip_offs.leave(turn.session, turn.community, wanted, turn.world.hours, turn.now)
    due = turn.world.hours.add(turn.now, tip_offs.TIME_TO_LOOK)
    after = "有进展会告诉您。" if named else "没记您是谁，要看进展请保存好回执号。"
    return Say(
        f"收好了，回执号 {tip_offs.shown(left.receipt)}。{by_when(turn, due)}前开始核查。\n"
        f"{after}发回执号给我就能查。"
    )


def prepare(turn: Turn, heard: Heard, values: Values) -> Heard:
    """Takes the words out of the conversation before anybody can read them there."""
    inbound.conceal(turn.session, turn.inbound)
    return hear(turn, heard, values)


def _ask_text(_values: Values) -> str:
    return f"请说说是谁或哪笔钱、什么事、什么时候。\n{numbered(())}"


def _read_text(heard: Heard, _values: Values) -> str:
    if not has_words(heard.text) or len(heard.text.strip()) < 4:
        raise Misheard("请用一两句话说清楚是什么事。")
    return heard.text.strip()[:LONGEST]


def _ask_who(_values: Values) -> str:
    return f"您想怎么留？\n{numbered(('匿名，不记我是谁', '留名，有结果告诉我'))}"


def _read_who(heard: Heard, _values: Values) -> Any:
    if tapped(heard.word) == 1 or heard.word.startswith("匿名"):
        return "unnamed"
    if tapped(heard.word) == 2 or heard.word in ("留名", "实名"):
        return Redo((), {"who": "named", "named": True})
    raise Misheard("请回复 1 匿名，或 2 留名。")


def _ask_phone(_values: Values) -> str:
    return f"核查时可能要问您，留个电话吗？\n{numbered(('不留电话',))}"


def _read_phone(heard: Heard, _values: Values) -> str:
    if tapped(heard.word) == 1 or heard.word.startswith(("不留", "不用")):
        return ""
    found: str | None = heard.found.get("phone")
    if found is None:
        raise Misheard("这个号码好像不对，请再发一次，或回复 1。")
    return found


def _ask_confirm(values: Values) -> str:
    how = "留名" if values["who"] == "named" else "匿名"
    choices = numbered(("提交", "重新说"), way_out="不说了")
    return f"您说了{len(values['text'])}个字，{how}。\n{choices}"


def _read_confirm(heard: Heard, _values: Values) -> Any:
    if tapped(heard.word) == 1 or heard.word in ("提交", "确定", "确认", "是", "好"):
        return True
    if tapped(heard.word) == 2 or "重" in heard.word:
        return Redo(("text", "confirm"))
    raise Misheard("请回复 1 提交，2 重新说，0 不说了。")


FORM = Form(
    name="tip",
    version=1,
    slots=(
        Slot("text", _ask_text, _read_text),
        Slot("who", _ask_who, _read_who),
        Slot("phone", _ask_phone, _read_phone, opened_by="named"),
        Slot("confirm", _ask_confirm, _read_confirm),
    ),
    context=frozenset({"named"}),
)

SERVICE = Service(
    name=NAME,
    actions={NAME: tip, "tip.own": own},
    commands={"举报": NAME, "监督举报": NAME, "保密举报": NAME, "我的举报": "tip.own"},
    forms=(FormService(FORM, told, prepare, life=LIFE, open_ended=True),),
    rule=rule,
)
