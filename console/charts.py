"""Charts as numbers: where each bar of an SVG stands; the templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


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


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar; `tone` numbers its look, which the legend repeats."""

    label: str
    value: int
    href: str
    x: float
    width: float
    tone: int


@dataclass(frozen=True, slots=True)
class Stack:
    """A lying bar made of parts."""

    label: str
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Stacked:
    """Stacked bars on one scale, in a view box of `width`; `legend` names the parts in order."""

    width: float
    legend: tuple[str, ...]
    stacks: tuple[Stack, ...]


def stacked(
    rows: Sequence[tuple[str, Sequence[tuple[int, str]]]],
    legend: Sequence[str],
    *,
    width: float = 100,
) -> Stacked:
    """Lying bars: for each row its label and, in the order of `legend`, (value, address)."""
    top = max([1, *(sum(value for value, _ in parts) for _, parts in rows)])
    scale = width / top
    return Stacked(
        width,
        tuple(legend),
        tuple(_stack(label, parts, legend, scale) for label, parts in rows),
    )


def _stack(
    label: str, parts: Sequence[tuple[int, str]], legend: Sequence[str], scale: float
) -> Stack:
    ends = list(accumulate(value for value, _ in parts))
    segments = tuple(
        Segment(
            label=legend[at],
            value=value,
            href=href,
            x=round((ends[at] - value) * scale, 2),
            width=round(value * scale, 2),
            tone=at + 1,
        )
        for at, (value, href) in enumerate(parts)
        if value
    )
    return Stack(label, ends[-1] if ends else 0, segments)


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a line and where it stands."""

    label: str
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line; where a value is missing it is broken. `tone` numbers its look."""

    name: str
    points: tuple[Point, ...]
    paths: tuple[str, ...]
    tone: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over the same labels; values are shares from 0 at the bottom to 1 at the top."""

    width: float
    height: float
    labels: tuple[tuple[str, float], ...]
    lines: tuple[Line, ...]


def lines(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    width: float = 600,
    height: float = 140,
) -> Lines:
    """Lines of shares (0 to 1, None where there is none), a value for each label."""
    step = width / max(len(labels) - 1, 1)
    places = [round(at * step, 2) for at in range(len(labels))]
    drawn = tuple(
        _line(name, values, labels, places, height, tone)
        for tone, (name, values) in enumerate(series, 1)
    )
    return Lines(width, height, tuple(zip(labels, places, strict=True)), drawn)


def _line(
    name: str,
    values: Sequence[float | None],
    labels: Sequence[str],
    places: Sequence[float],
    height: float,
    tone: int,
) -> Line:
    runs: list[list[Point]] = [[]]
    for label, x, value in zip(labels, places, values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(Point(label, value, x, round(height * (1 - value), 2)))
    paths = tuple(" ".join(f"{p.x},{p.y}" for p in run) for run in runs if len(run) > 1)
    return Line(name, tuple(point for run in runs for point in run), paths, tone)
