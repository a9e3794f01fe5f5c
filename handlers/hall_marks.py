"""A ballot paper in chat: what it asks, and how the answer of a resident reads as a choice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from deliberation.chain import Json
from deliberation.definition import BUDGETING, Definition, Method
from dialogue.forms import Heard, Misheard, Values
from dialogue.words import numbered, tapped
from intents.normalise import normalise

DETAIL = "看方案"
NOT_NOW = "先不投"
YES_NO = (("yes", "同意"), ("no", "不同意"), ("abstain", "弃权"))
_WORDS = (
    ("abstain", re.compile(r"弃权")),
    ("no", re.compile(r"不(?:同意|赞成|支持|行|可以)|反对")),
    ("yes", re.compile(r"同意|赞成|支持|可以")),
)
_AMBIGUOUS = re.compile(r"[但不过]{1,2}|还是|如果|要是|为什么|吗|呢|\?")


def paper(definition: Definition) -> dict[str, Any]:
    """The ballot paper as plain values: method, options (code and label), bounds."""
    options = [[option.code, _label(definition, n)] for n, option in enumerate(definition.options)]
    if definition.method is Method.YES_NO:
        options = [list(pair) for pair in YES_NO]
    return {
        "method": str(definition.method),
        "options": options,
        "most": definition.most,
        "low": definition.low,
        "high": definition.high,
        "points": definition.points,
        "spread": definition.spread or definition.method is Method.POINTS,
    }


def _label(definition: Definition, place: int) -> str:
    option = definition.options[place]
    if definition.method not in BUDGETING:
        return option.name
    return f"{option.name}（{option.cost}元）"


def question(values: Values) -> str:
    """The question of the paper with its numbers; after 看方案 the text of the plan first."""
    given = values["paper"]
    labels = [label for _, label in given["options"]]
    more = [] if values.get("detail") or not values.get("plan") else [DETAIL]
    lead = values["plan"] if values.get("detail") else values["head"]
    how = _how(given)
    numbers = numbered([*labels, *more], way_out=NOT_NOW)
    return "\n".join(part for part in (lead, how, numbers) if part)


def _how(given: Mapping[str, Any]) -> str:
    number = len(given["options"])
    example = " ".join(str(n) for n in range(1, min(number, 3) + 1))
    match Method(given["method"]):
        case Method.YES_NO | Method.SINGLE:
            return ""
        case Method.SCORE:
            return f"按顺序给每项打{given['low']}到{given['high']}分，用空格隔开。"
        case Method.SCHULZE | Method.IRV:
            return f"最想要的排前面，回复号码，如“{example}”。"
    if given["spread"]:
        return f"您有{given['points']}分，按顺序写每项给几分，用空格隔开。"
    most = f"最多{given['most']}项，" if given["most"] else ""
    return f"可以选几项，{most}回复号码，如“{example}”。"


def read(heard: Heard, values: Values) -> Json:
    """The choice that a message is; raises Misheard where it is none."""
    given = values["paper"]
    return READERS[Method(given["method"])](heard, given)


def wants_detail(heard: Heard, values: Values) -> bool:
    """Whether the message asks for the text of the plan."""
    if values.get("detail") or not values.get("plan"):
        return False
    return tapped(heard.word) == len(values["paper"]["options"]) + 1 or heard.word == DETAIL


def _yes_no(heard: Heard, given: Mapping[str, Any]) -> Json:
    number = tapped(heard.word)
    if number is not None and 1 <= number <= len(YES_NO):
        return YES_NO[number - 1][0]
    if heard.word and not _AMBIGUOUS.search(heard.word.replace("不过", "但")):
        for code, pattern in _WORDS:
            if pattern.search(heard.word):
                return code
    raise Misheard("请回复 1 同意、2 不同意或 3 弃权。")


def _single(heard: Heard, given: Mapping[str, Any]) -> Json:
    for code, label in given["options"]:
        if heard.word and heard.word == normalise(label):
            return str(code)
    codes = _picked(heard, given)
    if len(codes) != 1:
        raise Misheard("请回复一个号码。")
    return codes[0]


def _several(heard: Heard, given: Mapping[str, Any]) -> Json:
    if given["spread"]:
        return _points(heard, given)
    codes = _picked(heard, given)
    if given["most"] and len(codes) > given["most"]:
        raise Misheard(f"最多选{given['most']}项。")
    return codes


def _points(heard: Heard, given: Mapping[str, Any]) -> Json:
    numbers = _numbers(heard, len(given["options"]))
    if sum(numbers) > given["points"]:
        raise Misheard(f"加起来最多{given['points']}分。")
    return _shared_out(numbers, given)


def _score(heard: Heard, given: Mapping[str, Any]) -> Json:
    numbers = _numbers(heard, len(given["options"]))
    if any(not given["low"] <= number <= given["high"] for number in numbers):
        raise Misheard(f"每项{given['low']}到{given['high']}分。")
    return {code: n for (code, _), n in zip(given["options"], numbers, strict=True)}


def _shared_out(numbers: list[int], given: Mapping[str, Any]) -> Json:
    shared = zip(given["options"], numbers, strict=True)
    return {code: number for (code, _), number in shared if number}


def _ranking(heard: Heard, given: Mapping[str, Any]) -> Json:
    return _picked(heard, given)


def _picked(heard: Heard, given: Mapping[str, Any]) -> list[str]:
    """The options whose numbers are told, in the order told, each once."""
    number = tapped(heard.word)
    told = [number] if number else _all_numbers(heard)
    if not told or len(set(told)) < len(told) or max(told) > len(given["options"]):
        raise Misheard("请回复上面的号码，每个号码一次。")
    if min(told) < 1:
        raise Misheard("请回复上面的号码。")
    return [given["options"][n - 1][0] for n in told]


def _numbers(heard: Heard, count: int) -> list[int]:
    told = _all_numbers(heard)
    if len(told) != count:
        raise Misheard(f"一共{count}项，请写{count}个数，用空格隔开。")
    return told


def _all_numbers(heard: Heard) -> list[int]:
    plain = normalise(heard.text)
    if not re.fullmatch(r"[\d\s,，、.>号项分和然后再]+", plain):
        return []
    return [int(number) for number in re.findall(r"\d{1,3}", plain)]


READERS: Mapping[Method, Callable[[Heard, Mapping[str, Any]], Json]] = {
    Method.YES_NO: _yes_no,
    Method.SINGLE: _single,
    Method.APPROVAL: _several,
    Method.SCORE: _score,
    Method.POINTS: _points,
    Method.SCHULZE: _ranking,
    Method.IRV: _ranking,
    Method.GREEDY: _several,
    Method.EQUAL_SHARES: _several,
}
