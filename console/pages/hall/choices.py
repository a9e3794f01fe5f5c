"""The choice on a paper or phone ballot as a form brings it, by the method of the ballot."""

from __future__ import annotations

from collections.abc import Mapping

from console.forms import number_or_none
from deliberation.chain import Json
from deliberation.definition import BUDGETING, Definition, Method

RANKED = (Method.SCHULZE, Method.IRV)
BLANK = "-"
"""What the field of a single choice brings for a blank ballot."""


class BadChoice(ValueError):
    """The form is no ballot; the message says why, in the staff's language."""


def field_kind(definition: Definition) -> str:
    """How the form asks: `yes-no`, `one`, `marks`, `ranks` or `numbers`."""
    if definition.method in (Method.YES_NO, Method.SINGLE):
        return "yes-no" if definition.method is Method.YES_NO else "one"
    if definition.method in RANKED:
        return "ranks"
    marks = definition.method is Method.APPROVAL or (
        definition.method in BUDGETING and not definition.spread
    )
    return "marks" if marks else "numbers"


def choice_of(definition: Definition, form: Mapping[str, str]) -> Json:
    """The choice, in the form of `deliberation.definition.Ballot`; raises BadChoice."""
    kind = field_kind(definition)
    if kind in ("yes-no", "one"):
        return _one(definition, form.get("choice", ""))
    if kind == "marks":
        return [o.code for o in definition.options if form.get(f"o-{o.code}") == "1"]
    numbers = _numbers(definition, form)
    return _ranking(numbers) if kind == "ranks" else dict(numbers)


def _one(definition: Definition, value: str) -> Json:
    known = {option.code for option in definition.options}
    allowed = known | {BLANK} if known else {"yes", "no", "abstain"}
    if value not in allowed:
        raise BadChoice("请照着票面选一项")
    return None if value == BLANK else value


def _numbers(definition: Definition, form: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for option in definition.options:
        text = form.get(f"o-{option.code}", "").strip()
        number = number_or_none(text)
        if text and number is None:
            raise BadChoice(f"“{option.name}”要填整数，没写就留空")
        if number is not None:
            found[option.code] = number
    return found


def _ranking(places: Mapping[str, int]) -> Json:
    if sorted(places.values()) != list(range(1, len(places) + 1)):
        raise BadChoice("名次要从 1 开始，一个不重、一个不漏；没排的留空")
    return sorted(places, key=lambda code: places[code])
