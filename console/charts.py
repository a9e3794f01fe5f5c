"""Charts as numbers: where each bar of an SVG stands; the templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it says, and its rectangle in the units of the chart's view box."""

    label: str
    value: int
    href: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart in a view box of `width` by `height`; `top` is the value of the top line."""

    width: float
    height: float
    top: int
    bars: tuple[Bar, ...]


def columns(
    values: Sequence[tuple[str, int, str]], *, width: float = 600, height: float = 120
) -> Chart:
    """Standing bars, one for each (label, value, address), from the left."""
    top = max([1, *(value for _, value, _ in values)])
    step = width / max(len(values), 1)
    bars = tuple(
        Bar(
            label=label,
            value=value,
            href=href,
            x=round(number * step + step * 0.12, 2),
            y=round(height - height * value / top, 2),
            width=round(step * 0.76, 2),
            height=round(height * value / top, 2),
        )
        for number, (label, value, href) in enumerate(values)
    )
    return Chart(width, height, top, bars)


def rows(values: Sequence[tuple[str, int, str]], *, width: float = 100, row: float = 10) -> Chart:
    """Lying bars, one below the other."""
    top = max([1, *(value for _, value, _ in values)])
    bars = tuple(
        Bar(
            label=label,
            value=value,
            href=href,
            x=0,
            y=number * row,
            width=round(width * value / top, 2),
            height=row,
        )
        for number, (label, value, href) in enumerate(values)
    )
    return Chart(width, row * len(bars), top, bars)
