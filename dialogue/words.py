"""How the bot writes: numbers to tap, one screen at a time, always a way out."""

from __future__ import annotations

import re
from collections.abc import Sequence

ONE_LINE = 26
"""Characters that fit on one line of a phone with large type."""
_TAPPED = re.compile(r"(?:我?[选要]|就要?)?第?([0-9一二两三四五六七八九])\u20e3?[个项号条]?")
_NUMERALS = "〇一二三四五六七八九"


def tapped(word: str) -> int | None:
    """The number that a short message picks: `2`, `第二个`, `选2`, `2号`; None where it is none."""
    found = _TAPPED.fullmatch(word)
    if found is None:
        return None
    numeral = found[1].replace("两", "二")
    return _NUMERALS.index(numeral) if numeral in _NUMERALS else int(numeral)


def numbered(labels: Sequence[str], *, way_out: str = "取消") -> str:
    """Choices with the digits to send; on one line where they are short, else one a line.

    `way_out` is the label of 0; an empty one leaves it away.
    """
    items = [f"{number} {label}" for number, label in enumerate(labels, 1)]
    if way_out:
        items.append(f"0 {way_out}")
    line = "　".join(items)
    return line if len(line) <= ONE_LINE else "\n".join(items)


def shorten(text: str, limit: int) -> str:
    """The text on one line, cut with an ellipsis where it has more than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
