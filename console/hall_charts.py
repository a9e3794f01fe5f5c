"""The opinion map as numbers: where each participant and each group stands in the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 400.0, 320.0, 24.0
LETTERS = "ABCDE"
CROSS = (
    *((-1.4, -0.4), (-0.4, -0.4), (-0.4, -1.4), (0.4, -1.4), (0.4, -0.4), (1.4, -0.4)),
    *((1.4, 0.4), (0.4, 0.4), (0.4, 1.4), (-0.4, 1.4), (-0.4, 0.4), (-1.4, 0.4)),
)
SHAPES = ("circle", "square", "triangle", "diamond", "cross")


@dataclass(frozen=True, slots=True)
class Dot:
    """A participant in the units of the view box; `group` is None outside of every group."""

    x: float
    y: float
    group: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Label:
    """The letter of a group at the middle of its members."""

    x: float
    y: float
    letter: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """The whole drawing in a view box of `width` by `height`."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]


def letter(group: int) -> str:
    """How a group is called."""
    return LETTERS[group % len(LETTERS)]


def scatter(found: Mapping[str, Any]) -> Scatter | None:
    """The map in the form of `opinions --json`; None where nobody has a position."""
    people = [one for one in found["participants"].values() if one["x"] is not None]
    if not people:
        return None
    shown = {group["id"] for group in found["groups"]}
    xs = _scaled([one["x"] for one in people], WIDTH)
    ys = _scaled([one["y"] for one in people], HEIGHT)
    groups = [one["group"] if one["group"] in shown else None for one in people]
    dots = tuple(Dot(x, y, g, _shape(x, y, g)) for x, y, g in zip(xs, ys, groups, strict=True))
    return Scatter(WIDTH, HEIGHT, dots, tuple(_label(dots, group) for group in sorted(shown)))


def _scaled(values: Sequence[float], size: float) -> list[float]:
    low, high = min(values), max(values)
    width = high - low or 1.0
    return [round(MARGIN + (size - 2 * MARGIN) * (value - low) / width, 1) for value in values]


def _label(dots: Sequence[Dot], group: int) -> Label:
    inside = [dot for dot in dots if dot.group == group]
    number = max(len(inside), 1)
    x, y = sum(dot.x for dot in inside) / number, sum(dot.y for dot in inside) / number
    return Label(round(x, 1), round(y, 1), letter(group))


def _shape(x: float, y: float, group: int | None) -> str:
    """The outline of a dot: groups differ in shape, not in colour alone."""
    size = 3.0 if group is None else 5.0
    shape = SHAPES[group % len(SHAPES)] if group is not None else "circle"
    if shape == "circle":
        return f"M{x - size} {y}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0"
    outlines = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1.2), (1.2, 1), (-1.2, 1)),
        "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        "cross": CROSS,
    }
    corners = (f"{round(x + size * dx, 1)} {round(y + size * dy, 1)}" for dx, dy in outlines[shape])
    return f"M{'L'.join(corners)}Z"
