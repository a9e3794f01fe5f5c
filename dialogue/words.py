"""How the bot writes: numbers to tap, one screen at a time, always a way out."""

from __future__ import annotations

from collections.abc import Sequence

ONE_LINE = 26
"""Characters that fit on one line of a phone with large type."""


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
