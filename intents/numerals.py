"""Chinese numerals as residents type and dictate them: 三, 两百五, 一〇一, 二十一."""

from __future__ import annotations

import re

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "俩": 2,
    "幺": 1,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000}
NUMERAL = "[" + "".join([*_DIGITS, *_UNITS]) + "]"
_HOUSE = re.compile(
    rf"(?<!{NUMERAL})({NUMERAL}{{1,6}})(?=[栋幢棟座楼层户]|号(?!召)|单元|门洞|室(?!内|外))"
)


def number(text: str) -> int | None:
    """Value of a numeral in digits or Chinese (`12`, `十二`, `两百五`, `三〇二`), or None."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total = section = 0
    pending: int | None = None
    last = 1
    for char in text:
        if char in _DIGITS:
            pending = _DIGITS[char]
            last = 1 if char in "零〇" else last
            continue
        unit = _UNITS[char]
        if unit == 10_000:
            total, section, pending = (total + section + (pending or 0)) * unit, 0, None
        else:
            section += (1 if pending is None else pending) * unit
            pending = None
        last = unit
    return total + section + (pending or 0) * (last // 10 if last >= 100 else 1)


def house_digits(text: str) -> str:
    """Numerals that number a building, floor or door as digits: `三号楼二单元` → `3号楼2单元`."""
    return _HOUSE.sub(lambda match: str(_value(match[1])), text)


def _value(text: str) -> int | str:
    value = number(text)
    return text if value is None else value
