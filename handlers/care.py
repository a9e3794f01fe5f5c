"""时间银行（助老爱心储蓄）: hours saved, care asked for oneself or a parent, given, confirmed."""

from __future__ import annotations

import re

from dialogue.forms import Heard, Values
from dialogue.words import shorten
from handlers import care_forms as forms
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from services import care, consents, inbound, ledger
from services.calendar import CHINA
from services.care import KIND_NAMES, say_minutes
from services.ledger import Unit
from services.residents import neighbour_name
from storage.care import CareRequest
from storage.residents import Resident

GONE = "这件刚刚有了变化。回复“时间银行”再看一下。"
HOW = (
    "时间银行：帮老人做事，时间存在您账上；以后自己或父母需要，用存的时间换。\n"
    "办完两边都确认，时间才记账。老人没有存时间的，由社区出。"
)
_BALANCE = re.compile(
    r"(?:存|攒|剩|有).{0,6}(?:多少|几个?小时)|余额|明细|查.{0,6}(?:时间|小时|储蓄)"
)
_HOW = re.compile(r"怎么回事|是什么|怎么(?:算|用|存|参加)|什么意思|能用吗|规则")
_GIVE = re.compile(
    r"我(?:想|要|能|可以|愿意)?(?:加入|参加|报名|来帮|帮老人|照顾别|做志愿|存时间|当)"
)
_ASK = re.compile(r"找人|需要|预约|谁能|想约|上门|陪[诊聊我]|助浴|理发|送[午晚]?饭|换一次")
_ANOTHER = re.compile(r"妈|爸|母亲|父亲|爷爷|奶奶|外婆|外公|姥|公公|婆婆|岳|老伴|老人|邻居")
_KINDS = (
    ("escort", re.compile(r"陪诊|看病|医院|体检")),
    ("chat", re.compile(r"陪聊|聊天|说说话|作伴")),
    ("errand", re.compile(r"买菜|取药|拿药|代买|跑腿|取快递")),
    ("haircut", re.compile(r"理发|剪头")),
    ("meal", re.compile(r"送[午晚早]?[饭餐]|做饭")),
    ("home", re.compile(r"家务|打扫|卫生|擦|洗")),
)


def hear(turn: Turn, request: Request) -> Say:
    """A message about saved hours: the balance, how it works, to give, or to ask."""
    words = request.text.strip()
    if _BALANCE.search(words):
        return balance(turn, request)
    if _HOW.search(words):
        return Say(HOW, _entry(turn), way_out="好了")
    if _GIVE.search(words):
        return join(turn, request)
    if _ASK.search(words):
        leave = consents.principals_of(turn.session, turn.resident, consents.Scope.CARE)
        if _ANOTHER.search(words) and not leave:
            return for_another(turn, request)
        kind = next((kind for kind, pattern in _KINDS if pattern.search(words)), "")
        return _begin(turn, {"kind": kind} if kind else {})
    return menu(turn, request)


def menu(turn: Turn, _request: Request) -> Say:
    """What can be done here."""
    return Say("时间银行：存时间，换照料。", _entry(turn), way_out="好了")


def _entry(turn: Turn) -> tuple[Choice, ...]:
    giver = care.giver_of(turn.session, turn.resident)
    active = giver is not None and giver.state == "active"
    third = Choice("看谁需要", "care.look") if active else Choice("我来帮忙", "care.join")
    choices = [Choice("我的时间", "care.balance"), Choice("约人帮忙", "care.new"), third]
    if care.of_resident(turn.session, turn.resident):
        choices.append(Choice("约好的", "care.mine"))
    return tuple(choices)


def balance(turn: Turn, _request: Request) -> Say:
    """The hours of oneself and of those one acts for, and the last lines."""
    lines = [f"您存了{_hours(turn, turn.resident)}。"]
    for other in consents.principals_of(turn.session, turn.resident, consents.Scope.CARE)[:3]:
        lines.append(f"{neighbour_name(other)}存了{_hours(turn, other)}。")
    found = ledger.statement(turn.session, turn.resident, Unit.HOURS, limit=4)
    if found:
        lines.append("最近：")
    for line in found:
        local = line.entry.at.astimezone(CHINA)
        sign = "+" if line.change > 0 else "−"
        why = shorten(line.entry.reason, 16)
        lines.append(f"{local.month}月{local.day}日 {why} {sign}{say_minutes(abs(line.change))}")
    return Say("\n".join(lines), _entry(turn)[1:], way_out="好了")


def _hours(turn: Turn, resident: Resident) -> str:
    return say_minutes(ledger.balance(turn.session, resident, Unit.HOURS))


def new(turn: Turn, _request: Request) -> Say:
    """Begins a request."""
    return _begin(turn, {})


def _begin(turn: Turn, values: Values) -> Say:
    others = consents.principals_of(turn.session, turn.resident, consents.Scope.CARE)
    known = {
        **values,
        forms.KNOWN: turn.resident.phone or "",
        "me": turn.resident.id,
        "options": [[one.id, neighbour_name(one)] for one in others[:5]],
    }
    if not others:
        known["elder"] = turn.resident.id
    return Say(begin=Begin(forms.REQUEST.name, known, text=""))


def for_another(_turn: Turn, _request: Request) -> Say:
    """How one gets leave to ask for a parent."""
    return Say(
        "为父母约，要先有他们的同意：请老人在自己的微信里回复“授权”，"
        "或者请社区工作人员当面、电话里问过登记。",
        (Choice("找工作人员登记", "person"), Choice("为自己约", "care.new")),
        way_out="好了",
    )


def prepare(turn: Turn, heard: Heard, values: Values) -> Heard:
    """What is said of an elder's health is kept with the request alone, for fewer eyes."""
    if "minutes" in values and "notes" not in values:
        inbound.conceal(turn.session, turn.inbound)
    return heard


def requested(turn: Turn, values: Values) -> Say:
    """Keeps the request."""
    elder = turn.session.get_one(Resident, values["elder"])
    wanted = care.NewCare(
        kind=values["kind"],
        time_words=values["time"],
        minutes=values["minutes"],
        notes=values["notes"] or None,
        notes_for_giver=values.get("share") == "giver",
        phone=values["phone"] or None,
    )
    try:
        care.request(turn.session, turn.resident, elder, wanted, turn.world.hours, turn.now)
    except (care.BadCare, consents.NoConsent) as error:
        return Say(str(error))
    return Say("约上了，正在找人，找到了告诉您。\n回复“时间银行”随时看。")


def join(turn: Turn, _request: Request) -> Say:
    """Begins to give hours; who is known already sees who needs it."""
    giver = care.giver_of(turn.session, turn.resident)
    if giver is not None and giver.state == "active":
        return look(turn, Request(_request.heard))
    if giver is not None and giver.state == "waiting":
        return Say("您已经报上名了，社区会先跟您见个面。")
    known = {forms.KNOWN: turn.resident.phone or ""}
    return Say(begin=Begin(forms.JOIN.name, known, text=""))


def joined(turn: Turn, values: Values) -> Say:
    """Keeps the wish to give."""
    care.volunteer(
        turn.session,
        turn.resident,
        values["words"],
        values["phone"] or None,
        turn.world.hours,
        turn.now,
    )
    return Say("谢谢您！上门的人社区要先认识，工作人员会联系您。")


def look(turn: Turn, _request: Request) -> Say:
    """What a known giver may take up."""
    giver = care.giver_of(turn.session, turn.resident)
    found = care.open_requests(turn.session, giver) if giver else []
    if not found:
        return Say("现在没有人在等，有了再告诉您。回复“时间银行”看别的。")
    choices = tuple(Choice(_line(one), "care.take", str(one.id)) for one in found)
    return Say("谁需要帮忙：", choices, way_out="不看了")


def _line(one: CareRequest) -> str:
    return f"{KIND_NAMES[one.kind]}·{shorten(one.time_words, 12)}·{say_minutes(one.minutes)}"


def take(turn: Turn, request: Request) -> Say:
    """A giver takes up a request."""
    giver = care.giver_of(turn.session, turn.resident)
    found = care.open_requests(turn.session, giver, limit=50) if giver else []
    one = next((one for one in found if str(one.id) == request.argument), None)
    if one is None or giver is None:
        return Say(GONE)
    try:
        care.match(turn.session, one, giver, None, turn.now)
    except care.BadCare as error:
        return Say(str(error))
    return _deal(turn, one)


def mine(turn: Turn, _request: Request) -> Say:
    """One's live requests, asked for or taken up."""
    found = care.of_resident(turn.session, turn.resident)
    if not found:
        return Say("没有约好的。回复“时间银行”看能做什么。")
    if len(found) == 1:
        return _deal(turn, found[0])
    choices = tuple(
        Choice(f"{_line(one)} {care.STATE_NAMES[one.state]}", "care.deal", str(one.id))
        for one in found
    )
    return Say("约好的：", choices, way_out="好了")


def deal(turn: Turn, request: Request) -> Say:
    """One of them."""
    one = _own(turn, request.argument)
    return _deal(turn, one) if one else Say(GONE)


def _own(turn: Turn, number: str) -> CareRequest | None:
    found = care.of_resident(turn.session, turn.resident, limit=50)
    return next((one for one in found if str(one.id) == number), None)


def _deal(turn: Turn, one: CareRequest) -> Say:
    lines = [f"【{_line(one)}】{care.STATE_NAMES[one.state]}。"]
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
        moved = care.confirm(turn.session, one, turn.resident, minutes, hours, turn.now)
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
        f"【{_line(one)}】不办了{told}。",
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


SERVICE = Service(
    name="care",
    actions={
        "care": hear,
        "care.menu": menu,
        "care.balance": balance,
        "care.new": new,
        "care.for_another": for_another,
        "care.join": join,
        "care.look": look,
        "care.take": take,
        "care.mine": mine,
        "care.deal": deal,
        "care.confirm": confirm,
        "care.cancel": cancel,
        "care.cancel_now": cancel_now,
    },
    intents={"time_bank": "care"},
    titles={"time_bank": "时间银行"},
    commands={
        **dict.fromkeys(("时间银行", "爱心储蓄"), "care.menu"),
        "我的时间": "care.balance",
        "为父母约": "care.for_another",
    },
    forms=(
        FormService(forms.REQUEST, requested, open_ended=True, prepare=prepare),
        FormService(forms.JOIN, joined, open_ended=True),
        FormService(forms.CONFIRM, confirmed),
    ),
)
