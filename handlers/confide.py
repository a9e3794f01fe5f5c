"""What is told in confidence: a dispute for the mediators (民间调解).

It is a report like any other, of a kind that only those it is meant for ever see. Tip-offs (举报)
have a door of their own, `handlers/tip.py`.
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
_WANTED = re.compile(
    r"(?:要|想|申请|请|求|帮|需要|能不能|可不可以).{0,12}调解|调解(?:一下|下)|找.{0,8}调解"
)
_ASKS = re.compile(r"在哪|哪里|怎么|多少|电话|什么|几点|流程|[吗?]|谁")
_OPENING = re.compile(
    r"(?:邻居|邻里|家庭|纠纷|矛盾|的事|之间|人民|民间|社区|调解员?|申请|需要|要|想|请|求|帮忙?|找|能不能|"
    r"可不可以|我们?|俺|跟|和|有|个|件|事|一下|下|来|人|给|的|了|吧|啊|[,.! ])+"
)
_CATEGORY = {"code": "neighbours.dispute", "name": "邻里纠纷"}


def rule(text: str) -> str | None:
    """A wish for mediation; a question about it is none."""
    said = normalise(text)
    return "" if _WANTED.search(said) and not _ASKS.search(said) else None


def mediation(_turn: Turn, request: Request) -> Say:
    """Begins a case that only mediators see, with what was told of it."""
    said = normalise(request.text)
    told = has_words(said) and not _OPENING.fullmatch(said)
    text = request.text.strip() if told else ""
    values: dict[str, Any] = {
        "confidential": Confidence.MEDIATION.value,
        "category": _CATEGORY,
        **({"description": text} if text else {}),
    }
    return Say(MEDIATION, begin=Begin(FORM.name, values, text=text))


SERVICE = Service(
    name="mediation",
    actions={"mediation": mediation},
    commands={
        "调解": "mediation",
        "申请调解": "mediation",
        "民间调解": "mediation",
        "人民调解": "mediation",
    },
    rule=rule,
)
