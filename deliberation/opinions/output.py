"""An opinion map as plain JSON, and the reader of votes in CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from .maps import OpinionMap
from .matrix import Vote
from .statements import Statement

_COLUMNS = ("participant", "statement", "vote")


def read_votes(text: str) -> Iterator[Vote]:
    """Votes of a CSV text with columns participant, statement and vote, in order of time.

    Raises ValueError with the line for a missing column or a vote that is no whole number.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [name.strip() for name in next(rows, [])]
    if missing := [name for name in _COLUMNS if name not in header]:
        raise ValueError(f"line 1: no column {', '.join(missing)}")
    who, what, how = (header.index(name) for name in _COLUMNS)
    for row in rows:
        if row:
            try:
                yield row[who], row[what], int(row[how])
            except (IndexError, ValueError) as error:
                raise ValueError(f"line {rows.line_num}: no vote in {row}") from error


def to_json(found: OpinionMap) -> dict[str, Any]:
    """Participants, groups, statements, consensus and stability by their names.

    Positions and groups are None where there is no map or the participant is not in it.
    """
    names = found.matrix.statements
    return {
        "participants": _participants(found),
        "groups": [
            {
                "id": group.number,
                "size": group.size,
                "representative": [_statement(one, names) for one in group.statements],
            }
            for group in found.groups
        ],
        "statements": _statements(found),
        "consensus": {
            "agree": [_statement(one, names) for one in found.agreed],
            "disagree": [_statement(one, names) for one in found.disagreed],
        },
        "stability": found.stability,
        "stable": found.stable,
        "silhouette": found.silhouette,
        "in": int(found.inside.sum()),
    }


def _participants(found: OpinionMap) -> dict[str, dict[str, float | int | None]]:
    names = found.matrix.participants
    if found.projection is None or found.labels is None:
        return {name: {"x": None, "y": None, "group": None} for name in names}
    points, labels = found.projection.positions.tolist(), found.labels.tolist()
    return {
        name: {"x": x, "y": y, "group": label if label >= 0 else None}
        for name, (x, y), label in zip(names, points, labels, strict=True)
    }


def _statements(found: OpinionMap) -> dict[str, dict[str, Any]]:
    totals = found.totals
    agree, disagree, seen = (t[0].tolist() for t in (totals.agree, totals.disagree, totals.seen))
    statements: dict[str, dict[str, Any]] = {}
    for column, name in enumerate(found.matrix.statements):
        statements[name] = {
            "x": None,
            "y": None,
            "extremity": None,
            "agree": agree[column],
            "disagree": disagree[column],
            "pass": seen[column] - agree[column] - disagree[column],
            "seen": seen[column],
            "priority": found.priorities[name],
            "group_aware_consensus": None if found.shared is None else float(found.shared[column]),
        }
    if found.projection is not None:
        places = found.projection.statement_positions.tolist()
        for name, (x, y), length in zip(
            statements, places, found.projection.extremity.tolist(), strict=True
        ):
            statements[name] |= {"x": x, "y": y, "extremity": length}
    return statements


def _statement(one: Statement, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": names[one.column],
        "side": one.side,
        "number": one.number,
        "seen": one.seen,
        "p": one.p,
        "score": one.score,
        "ratio": one.ratio,
    }
