"""Numbers written the other way: 80岁 as 八十岁, 三千六 as 3600."""

from __future__ import annotations

import re

import cn2an

_DIGITS = re.compile(r"(?<![\d.])\d{1,4}(?![\d.])")
_CHINESE = re.compile(r"[一二两三四五六七八九十百千万]{2,}")
_LARGEST = 100_000


def other_writings(text: str) -> list[tuple[str, str]]:
    """Pairs (number as in `text`, the same number in the other writing)."""
    found = [(digits, str(cn2an.an2cn(digits))) for digits in _DIGITS.findall(text)]
    for written in _CHINESE.findall(text):
        value = _value(written)
        if value is not None and 10 <= value <= _LARGEST:
            found.append((written, str(value)))
    return found


def _value(written: str) -> int | None:
    try:
        return int(cn2an.cn2an(written, "smart"))
    except ValueError:
        return None
