"""志愿活动: find, sign up, check in, hours, certificate; one intent, told apart by its words."""

from __future__ import annotations

import re

from handlers import (
    volunteer_attend,
    volunteer_find,
    volunteer_join,
    volunteer_own,
    volunteer_register,
)
from handlers.kit import Action, FormService, Request, Say, Service, Turn
from handlers.volunteer_wish import deed_of
from intents.normalise import normalise

_SURELY = re.compile(
    r"[帮替给]我?[^，,。]{1,6}(?:报名|报个名)|志愿(?:活动|服务)|义工活动"
    r"|(?:有没有|有什么|有哪些|还有|找|报名|参加)[^，,。]{0,14}活动"
)
_ELSEWHERE = re.compile(
    r"怎么办|条件|材料|老年大学|学校|幼儿园|小学|医保|考试|议事|投票|表决|提案|积分|补贴|室|中心|场地|"
    r"太吵|扰民|噪音"
)
_DEEDS: dict[str, Action] = {
    "find": volunteer_find.listed,
    "join": volunteer_join.wanted,
    "others": volunteer_join.wanted_for_others,
    "cancel": volunteer_join.cancel,
    "mine": volunteer_own.mine,
    "hours": volunteer_own.hours,
    "certificate": volunteer_own.certificate,
    "rate": volunteer_own.rate,
    "register": volunteer_register.register,
    "check": volunteer_attend.ask,
}


def rule(text: str) -> str | None:
    """A typed code; or words that name an activity to go to, not to another matter."""
    code = volunteer_attend.code_in(text)
    plain = normalise(text)
    if code is None and _SURELY.search(plain) and not _ELSEWHERE.search(plain):
        return ""
    return code


def volunteer(turn: Turn, request: Request) -> Say:
    """Whatever is said about activities; the argument is a code that was typed."""
    if request.argument:
        return volunteer_attend.typed(turn, request.argument)
    return _DEEDS[deed_of(request.text)](turn, request)


SERVICE = Service(
    name="volunteer",
    actions={
        "volunteer": volunteer,
        "volunteer.find": volunteer_find.listed,
        "volunteer.by_interest": volunteer_find.by_interest,
        "volunteer.show": volunteer_find.show,
        "volunteer.activity": volunteer_find.scanned,
        "volunteer.join": volunteer_join.join,
        "volunteer.join_anyway": volunteer_join.join_anyway,
        "volunteer.for_whom": volunteer_join.ask_whom,
        "volunteer.confirm": volunteer_join.confirm,
        "volunteer.give_on": volunteer_join.give_on,
        "volunteer.cancel": volunteer_join.cancel,
        "volunteer.cancel_now": volunteer_join.cancel_now,
        "volunteer.mine": volunteer_own.mine,
        "volunteer.hours": volunteer_own.hours,
        "volunteer.certificate": volunteer_own.certificate,
        "volunteer.issue": volunteer_own.issue,
        "volunteer.rate": volunteer_own.rate,
        "volunteer.verdict": volunteer_own.verdict,
        "volunteer.again": volunteer_own.again,
        "volunteer.register": volunteer_register.register,
        "volunteer.agree": volunteer_register.agree,
        "volunteer.leave": volunteer_register.leave,
        "volunteer.check": volunteer_attend.ask,
        "volunteer.signin": volunteer_attend.scanned,
    },
    intents={"volunteer": "volunteer"},
    titles={"volunteer": "志愿活动"},
    commands={
        "志愿活动": "volunteer.find",
        "活动": "volunteer.find",
        "报名": "volunteer.find",
        "取消报名": "volunteer.cancel",
        "我的报名": "volunteer.mine",
        "我的活动": "volunteer.mine",
        "确认参加": "volunteer.confirm",
        "让给下一位": "volunteer.give_on",
        "签到": "volunteer.check",
        "签退": "volunteer.check",
        "我的时长": "volunteer.hours",
        "志愿时长": "volunteer.hours",
        "志愿证明": "volunteer.certificate",
        "评价活动": "volunteer.rate",
        "注册志愿者": "volunteer.register",
        "当志愿者": "volunteer.register",
    },
    scenes={"activity": "volunteer.activity", "signin": "volunteer.signin"},
    forms=(FormService(volunteer_register.FORM, volunteer_register.registered),),
    rule=rule,
)
