"""授权代办: leave for somebody else to act, given by a code, seen and taken back by both."""

from __future__ import annotations

import re

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import by_when
from intents.normalise import normalise
from services import consent_codes, consents
from services.calendar import CHINA
from services.consent_codes import CALLED_LENGTH, BadCode
from services.consents import SCOPE_NAMES, Scope
from storage.consents import Consent

_EXAMPLES = ((Scope.VOLUNTEERING, "报名活动"), (Scope.POINTS, "换洗衣液"))
_CODE = re.compile(r"(?:授权码?|代办码?)?[ :是]*(\d{6})[ 。.!]*")
MOST_SHOWN = 6


def rule(text: str) -> str | None:
    """The six digits of a message that is nothing else."""
    found = _CODE.fullmatch(normalise(text))
    return found[1] if found else None


def consent(turn: Turn, request: Request) -> Say:
    """The leave given and held; the argument is a code that was typed."""
    if request.argument:
        return _typed(turn, request.argument)
    live = consents.of_resident(turn.session, turn.resident)
    lines = [_line(turn, one) for one in live[:MOST_SHOWN]]
    choices = [
        Choice("让别人替我办", "consent.scopes"),
        Choice("我来替别人办", "consent.agent"),
    ]
    if live:
        choices.append(Choice("收回或不再代办", "consent.choose"))
    lead = "\n".join(["现在的授权：", *lines]) if lines else "您现在没有授权别人，也没有替别人办。"
    return Say(lead, tuple(choices), way_out="好了")


def _line(turn: Turn, one: Consent) -> str:
    what = SCOPE_NAMES[Scope(one.scope)]
    since = one.given_at.astimezone(CHINA)
    day = f"{since.month}月{since.day}日起"
    if one.principal_id == turn.resident.id:
        return f"{consent_codes.agent_name(turn.session, one)}可以替您办{what}（{day}）"
    return f"您可以替{consent_codes.called(turn.session, one)}办{what}（{day}）"


def scopes(_turn: Turn, _request: Request) -> Say:
    """For what the leave is."""
    choices = tuple(Choice(words, "consent.give", scope) for scope, words in SCOPE_NAMES.items())
    return Say("让对方替您办哪一样？", choices, way_out="先不授权")


def give(turn: Turn, request: Request) -> Say:
    """The code to read out."""
    scope = Scope(request.argument)
    row = consent_codes.new_code(turn.session, turn.resident, scope, turn.now)
    return Say(
        f"授权码 {row.code}，可以替您办：{SCOPE_NAMES[scope]}。"
        f"{by_when(turn, row.expires_at)}前有效。\n"
        "只念给您信得过的人，让对方在自己微信里回复给我。用上了会告诉您，随时回复“授权”收回。"
    )


def agent(_turn: Turn, _request: Request) -> Say:
    """How to come to act for somebody."""
    return Say(
        "请对方在自己微信里给我发“授权”，拿到6个数字念给您，"
        "您直接回复这6个数字。\n不办了，回复“菜单”。"
    )


def _typed(turn: Turn, code: str) -> Say:
    try:
        row = consent_codes.look_up(turn.session, turn.resident, code, turn.now)
    except BadCode as reason:
        return Say(str(reason))
    return Say(begin=Begin(FORM.name, {"code": code, "scope": row.scope}, text=""))


def _ask_called(values: Values) -> str:
    what = SCOPE_NAMES[Scope(values["scope"])]
    way_out = numbered((), way_out="不代办")
    return f"对方让您替办：{what}。\n您怎么称呼对方？比如：妈妈、王阿姨。\n{way_out}"


def _read_called(_heard: Heard, _values: Values) -> str:
    raise Misheard(f"说个称呼就行，不超过{CALLED_LENGTH}个字。")


def _take_called(heard: Heard, values: Values) -> str:
    words = heard.text.strip(" 。.，,")
    if not words or len(words) > CALLED_LENGTH:
        return _read_called(heard, values)
    return words


FORM = Form(
    name="consent",
    version=1,
    slots=(Slot("called", _ask_called, _read_called, _take_called),),
    context=frozenset({"code", "scope"}),
)


def taken(turn: Turn, values: Values) -> Say:
    """The leave is there; both know."""
    try:
        row = consent_codes.redeem(
            turn.session, turn.resident, values["code"], values["called"], turn.now
        )
    except BadCode as reason:
        return Say(str(reason))
    what, who = SCOPE_NAMES[Scope(row.scope)], consent_codes.called(turn.session, row)
    does = next((words for scope, words in _EXAMPLES if row.scope in (Scope.EVERYTHING, scope)), "")
    example = f"，比如“帮{who}{does}”" if does else ""
    return Say(f"好，您可以替{who}办{what}了{example}。每次办了，对方都会收到消息。")


def choose(turn: Turn, _request: Request) -> Say:
    """Which leave is to end."""
    live = consents.of_resident(turn.session, turn.resident)[:MOST_SHOWN]
    if not live:
        return Say("现在没有授权，不用收回。")
    choices = tuple(Choice(_line(turn, one), "consent.end", str(one.id)) for one in live)
    return Say("哪一个到此为止？", choices, way_out="都留着")


def end(turn: Turn, request: Request) -> Say:
    """Ends a leave, by either side; the other hears of it."""
    live = consents.of_resident(turn.session, turn.resident)
    row = next((one for one in live if str(one.id) == request.argument), None)
    if row is None:
        return Say("这个授权已经结束了。")
    consent_codes.end(turn.session, row, turn.resident, turn.now)
    return Say("好，到此为止，对方会知道。以前办好的事不变。")


SERVICE = Service(
    name="consent",
    actions={
        "consent": consent,
        "consent.scopes": scopes,
        "consent.give": give,
        "consent.agent": agent,
        "consent.choose": choose,
        "consent.end": end,
    },
    commands={"授权": "consent", "代办": "consent", "我的授权": "consent", "收回授权": "consent"},
    forms=(FormService(FORM, taken, open_ended=True),),
    rule=rule,
)
