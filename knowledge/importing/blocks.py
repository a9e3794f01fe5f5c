"""What every reader makes of its file: headings, paragraphs and table rows, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Block:
    """`level` counts from 1 for headings. A row is written 列：值；列：值."""

    kind: Literal["heading", "text", "row"]
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A file as read: its blocks, its title if it has one, attributes its format carries."""

    blocks: tuple[Block, ...]
    title: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


def rows(cells: Sequence[Sequence[str]]) -> list[Block]:
    """A table whose first row is its head. A one-column table is text; empty rows are left out."""
    filled = [[cell.strip() for cell in row] for row in cells]
    filled = [row for row in filled if any(row)]
    if filled and max(map(len, filled)) < 2:
        return [Block("text", row[0]) for row in filled]
    return [Block("row", text) for row in filled[1:] if (text := _row(filled[0], row))]


def _row(names: Sequence[str], row: Sequence[str]) -> str:
    """Named cells of one row; a cell that repeats the one before (merged cells) is said once."""
    padded = [*names, *[""] * (len(row) - len(names))]
    parts = [
        f"{name}：{cell}" if name else cell
        for number, (name, cell) in enumerate(zip(padded, row, strict=False))
        if cell and not (number and name == padded[number - 1] and cell == row[number - 1])
    ]
    return "；".join(parts)
