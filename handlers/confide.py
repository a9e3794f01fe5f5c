"""What is told in confidence: a dispute for the mediators (民间调解), a tip-off on conduct (举报).

It is a report like any other, of a kind that only those it is meant for ever see.
"""

from __future__ import annotations

import re
from typing import Any

from handlers.kit import Begin, Request, Say, Service, Turn
from handlers.report_form import FORM
from handlers.words import has_words
from intents.normalise import normalise
from services.confidence import Confidence

MEDIATION = "民间调解不公开，只有调解员看得到。"
TIP_OFF = "举报不公开，只有审核人员看得到，被说到的人看不到。"
_WANTED = re.compile(
    r"(?:要|想|申请|请|求|帮|需要|能不能|可不可以).{0,12}调解|调解(?:一下|下)|找.{0,8}调解"
)
_ASKS = re.compile(r"在哪|哪里|怎么|多少|电话|什么|几点|流程|[吗?]|谁")
_OPENING = re.compile(
    r"(?:邻居|邻里|家庭|纠纷|矛盾|的事|之间|人民|民间|社区|调解员?|申请|需要|要|想|请|求|帮忙?|找|能不能|"
    r"可不可以|我们?|俺|跟|和|有|个|件|事|一下|下|来|人|给|的|了|吧|啊|[,.! ])+"
)
_VALUES = {
    Confidence.MEDIATION: {"code": "neighbours.dispute", "name": "邻里纠纷"},
    Confidence.TIP_OFF: {"code": "services.staff", "name": "工作作风"},
}


def rule(text: str) -> str | None:
    """A wish for mediation; a question about it is none."""
    said = normalise(text)
    return "" if _WANTED.search(said) and not _ASKS.search(said) else None


def mediation(_turn: Turn, request: Request) -> Say:
    """Begins a case that only mediators see, with what was told of it."""
    said = normalise(request.text)
    told = has_words(said) and not _OPENING.fullmatch(said)
    return _begin(Confidence.MEDIATION, MEDIATION, request.text.strip() if told else "")


def tip_off(turn: Turn, _request: Request) -> Say:
    """Begins a tip-off, which is about people: no house is asked for."""
    place = {"code": "", "text": turn.community.name}
    return _begin(Confidence.TIP_OFF, TIP_OFF, "", place=place)


def _begin(kind: Confidence, lead: str, text: str, **known: Any) -> Say:
    values = {"confidential": kind.value, "category": _VALUES[kind], **known}
    if text:
        values["description"] = text
    return Say(lead, begin=Begin(FORM.name, values, text=text))


SERVICE = Service(
    name="mediation",
    actions={"mediation": mediation, "tip_off": tip_off},
    commands={
        "调解": "mediation",
        "申请调解": "mediation",
        "民间调解": "mediation",
        "人民调解": "mediation",
        "举报": "tip_off",
    },
    rule=rule,
)
