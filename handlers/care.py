"""时间银行（助老爱心储蓄）: hours saved, care asked for oneself or a parent, taken up."""

from __future__ import annotations

import re

from dialogue.forms import Values
from dialogue.words import shorten
from handlers import care_deals as deals
from handlers import care_forms as forms
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from services import care, care_givers, consents, ledger
from services.calendar import CHINA
from services.care import say_minutes
from services.ledger import Unit
from services.residents import neighbour_name
from storage.residents import Resident

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
    giver = care_givers.giver_of(turn.session, turn.resident)
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
    giver = care_givers.giver_of(turn.session, turn.resident)
    if giver is not None and giver.state == "active":
        return look(turn, Request(_request.heard))
    if giver is not None and giver.state == "waiting":
        return Say("您已经报上名了，社区会先跟您见个面。")
    known = {forms.KNOWN: turn.resident.phone or ""}
    return Say(begin=Begin(forms.JOIN.name, known, text=""))


def joined(turn: Turn, values: Values) -> Say:
    """Keeps the wish to give."""
    care_givers.volunteer(
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
    giver = care_givers.giver_of(turn.session, turn.resident)
    found = care.open_requests(turn.session, giver) if giver else []
    if not found:
        return Say("现在没有人在等，有了再告诉您。回复“时间银行”看别的。")
    choices = tuple(Choice(deals.line_of(one), "care.take", str(one.id)) for one in found)
    return Say("谁需要帮忙：", choices, way_out="不看了")


def take(turn: Turn, request: Request) -> Say:
    """A giver takes up a request."""
    giver = care_givers.giver_of(turn.session, turn.resident)
    found = care.open_requests(turn.session, giver, limit=50) if giver else []
    one = next((one for one in found if str(one.id) == request.argument), None)
    if one is None or giver is None:
        return Say(deals.GONE)
    try:
        care.match(turn.session, one, giver, None, turn.now)
    except care.BadCare as error:
        return Say(str(error))
    return deals.show(turn, one)


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
        "care.mine": deals.mine,
        "care.deal": deals.deal,
        "care.confirm": deals.confirm,
        "care.cancel": deals.cancel,
        "care.cancel_now": deals.cancel_now,
    },
    intents={"time_bank": "care"},
    titles={"time_bank": "时间银行"},
    commands={
        **dict.fromkeys(("时间银行", "爱心储蓄"), "care.menu"),
        "我的时间": "care.balance",
        "为父母约": "care.for_another",
    },
    forms=(
        FormService(forms.REQUEST, requested, open_ended=True),
        FormService(forms.JOIN, joined, open_ended=True),
        FormService(forms.CONFIRM, deals.confirmed),
    ),
)
