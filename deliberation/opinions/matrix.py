"""Votes as a matrix of participants × statements, and who is in the map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Vote: TypeAlias = tuple[str, str, int]
Cells: TypeAlias = npt.NDArray[np.int8]
Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]

AGREE, PASS, DISAGREE = 1, 0, -1
UNSEEN = 2
ENOUGH_VOTES = 7
FEWEST_IN = 15


@dataclass(frozen=True)
class VoteMatrix:
    """Cells of participants (rows) × statements (columns): 1, 0, -1 or UNSEEN."""

    participants: tuple[str, ...]
    statements: tuple[str, ...]
    cells: Cells

    @property
    def seen(self) -> Mask:
        return np.not_equal(self.cells, UNSEEN)

    def rows(self, chosen: Mask) -> VoteMatrix:
        names = tuple(np.array(self.participants, dtype=object)[chosen])
        return VoteMatrix(names, self.statements, self.cells[chosen])


def vote_matrix(votes: Iterable[Vote], dropped: Collection[str] = ()) -> VoteMatrix:
    """Matrix of (participant, statement, vote) in order of time; the newest of a cell counts.

    Participants and statements are sorted (numbers by value). Statements in `dropped`
    (moderated out) and those nobody voted on have no column. Raises ValueError for a vote
    other than 1, 0 or -1.
    """
    kept = [vote for vote in votes if vote[1] not in dropped]
    if strange := set(map(itemgetter(2), kept)) - {AGREE, PASS, DISAGREE}:
        raise ValueError(f"no vote is {min(strange)}")
    participants, rows = _numbered(kept, itemgetter(0))
    statements, columns = _numbered(kept, itemgetter(1))
    cells = np.full((len(participants), len(statements)), UNSEEN, dtype=np.int8)
    # where a cell is assigned several times, NumPy leaves the last value
    cells[rows, columns] = np.fromiter(map(itemgetter(2), kept), np.int8, len(kept))
    return VoteMatrix(participants, statements, cells)


def members(matrix: VoteMatrix, keep: Collection[str] = ()) -> Mask:
    """Who is in the map: at least min(7, statements) votes, or in before (`keep`).

    With fewer than 15 in, the most active others are added up to 15, earlier rows first.
    """
    votes = matrix.seen.sum(axis=1)
    inside: Mask = votes >= min(ENOUGH_VOTES, len(matrix.statements))
    inside |= np.array([name in keep for name in matrix.participants], dtype=bool)
    missing = FEWEST_IN - int(inside.sum())
    if missing > 0:
        others = np.flatnonzero(~inside & (votes > 0))
        most_active = others[np.argsort(-votes[others], kind="stable")]
        inside[most_active[:missing]] = True
    return inside


def _numbered(
    votes: list[Vote], name: Callable[[Vote], str]
) -> tuple[tuple[str, ...], npt.NDArray[np.intp]]:
    """The different names in order, and the place of each vote's name among them."""
    names = tuple(sorted(set(map(name, votes)), key=_by_number))
    place = {one: index for index, one in enumerate(names)}
    return names, np.fromiter(map(place.__getitem__, map(name, votes)), np.intp, len(votes))


def _by_number(name: str) -> tuple[int, int, str]:
    return (0, int(name), name) if name.isdecimal() else (1, 0, name)
