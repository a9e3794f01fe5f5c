"""The report in short, as the resident sees it before it is sent."""

from __future__ import annotations

import re

from dialogue.forms import Values
from dialogue.words import numbered, shorten
from handlers.report_extras import answered
from handlers.words import place_span
from services.questions import answer_line

OPTIONS = ("提交", "修改")
CONFIDED = {"mediation": "保密，只有调解员看得到", "tip_off": "保密，只有审核人员看得到"}
_BESIDE = re.compile(r"[外内里旁边口前后对附上下南北东西侧门那]|楼[上下]|单元门")
"""What belongs to the place before it: 东门外, 3栋门口."""


def described(values: Values) -> str:
    """The description with the place as it was put right since."""
    description: str = values["description"]
    place: str = values["place"]["text"]
    span = place_span(description, values.get("said_place", ""))
    if span is None or place == values["said_place"]:
        return description
    return description[: span[0]] + place + description[span[1] :]


def in_short(values: Values) -> str:
    """Place and matter in one line, the place once."""
    description, place = described(values), values["place"]["text"]
    span = place_span(description, place)
    if span is None:
        return f"{place}，{shorten(description, 120)}"
    rest = description[span[1] :]
    if span[0] > 0 or _BESIDE.match(rest):
        return shorten(description, 120)
    rest = rest.lstrip(" 的,，.。、:：")
    return f"{place}，{shorten(rest, 120)}" if rest else place


def summary(values: Values) -> str:
    """What was understood, for the resident to look at before it is sent."""
    category = values.get("category")
    name = f"【{category['name']}】" if category else ""
    lines = ["记下了，您看对不对：", f"{name}{in_short(values)}"]
    extras = [f"照片{len(values['photo'])}张"] if values.get("photo") else []
    extras += [f"电话 {values['phone']}"] if values.get("phone") else []
    extras += ["匿名"] if values.get("anonymous") else []
    lines += [answer_line(text, answer) for text, answer in answered(values)]
    extras += [CONFIDED[values["confidential"]]] if values.get("confidential") else []
    if extras:
        lines.append("（" + "，".join(extras) + "）")
    if values.get("more"):
        lines.append(f"还有{len(values['more'])}件，这件提交了接着记。")
    elif not values.get("photo"):
        lines.append("加一张照片更好找（可跳过）")
    return "\n".join([*lines, numbered(OPTIONS)])
