"""A result in plain words: what was asked, what won, each test with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from deliberation.chain import Json
from deliberation.definition import BUDGETING, Definition, Method
from deliberation.quorum import Outcome
from services.ballots import definition_of
from storage.ballots import Ballot

YES_NO = {"yes": "同意", "no": "不同意", "abstain": "弃权"}
OUTCOMES = {
    Outcome.PASS: "通过",
    Outcome.REJECT: "没有通过",
    Outcome.NO_QUORUM: "参与不够，表决不成立",
    Outcome.TIE: "票数相同，没有通过",
}


def choice_words(definition: Definition, choice: Json) -> str:
    """A choice as one says it: 同意; 甲、乙; 甲 3 分、乙 1 分; 甲 > 乙; 不选."""
    names = {option.code: option.name for option in definition.options}
    if definition.method is Method.YES_NO:
        return YES_NO[str(choice)]
    if isinstance(choice, Mapping):
        return "、".join(f"{names[code]} {points} 分" for code, points in choice.items()) or "不选"
    if isinstance(choice, str):
        return names[choice]
    listed = [names[str(code)] for code in choice] if isinstance(choice, list | tuple) else []
    ranked = definition.method in (Method.SCHULZE, Method.IRV)
    return (" > " if ranked else "、").join(listed) or "不选"


def headline(ballot: Ballot) -> str:
    """One line: what became of a closed ballot."""
    result, definition = _result(ballot), definition_of(ballot)
    outcome = Outcome(result["outcome"])
    if definition.method is Method.YES_NO or outcome is not Outcome.PASS:
        return f"结果：{OUTCOMES[outcome]}"
    names = {option.code: option.name for option in definition.options}
    chosen = "、".join(names[code] for code in result["winners"])
    return f"{'入选项目' if definition.method in BUDGETING else '结果'}：{chosen}"


def totals(ballot: Ballot) -> list[tuple[str, str]]:
    """What each option got, in the order of the list: name and number."""
    result, definition = _result(ballot), definition_of(ballot)
    if definition.method is Method.YES_NO:
        names = dict(YES_NO)
    else:
        names = {option.code: option.name for option in definition.options}
    return [(name, str(result["totals"].get(code, 0))) for code, name in names.items()]


def tests(ballot: Ballot) -> list[str]:
    """Each quorum and majority test with numerator, denominator and whether it was met."""
    return [_test(one) for one in _result(ballot)["tests"]]


def lines(ballot: Ballot) -> list[str]:
    """The result for a resident, a few short lines."""
    counted = "、".join(f"{name} {number}" for name, number in totals(ballot)[:6])
    return [f"【{ballot.title}】", headline(ballot), counted, *tests(ballot)]


def yuan(cost: Fraction) -> str:
    """Money as one writes it."""
    return f"{cost.numerator}元" if cost.denominator == 1 else f"{float(cost):.2f}元"


def square_metres(cm2: int) -> str:
    """An area in m² with two decimals, rounded down."""
    return f"{cm2 // 10_000}.{cm2 // 100 % 100:02d}㎡"


def _test(one: Mapping[str, Any]) -> str:
    numbers = [one["numerator"], one["denominator"], one["needed"]]
    by_area = one["name"].endswith("面积")
    part, whole, needed = [square_metres(n) if by_area else str(n) for n in numbers]
    return f"{one['name']} {part}/{whole}，需要 {needed}，{'达到' if one['met'] else '没达到'}"


def _result(ballot: Ballot) -> Mapping[str, Any]:
    if ballot.result is None:
        raise ValueError("the ballot is not closed")
    return ballot.result
