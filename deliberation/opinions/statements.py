"""What the groups say and what all share: representative and consensus statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .kmeans import Labels
from .matrix import AGREE, DISAGREE, UNSEEN, Cells, Floats, Mask
from .statistics import Z90, prop_test, share, two_prop_test

CountTable: TypeAlias = npt.NDArray[np.int64]
MOST_LISTED = 5


@dataclass(frozen=True)
class Counts:
    """Votes per group and statement (G×S each)."""

    agree: CountTable
    disagree: CountTable
    seen: CountTable

    def all(self) -> Counts:
        """All groups as one (1×S)."""
        tables = (self.agree, self.disagree, self.seen)
        return Counts(*(table.sum(axis=0, keepdims=True) for table in tables))


@dataclass(frozen=True)
class Side:
    """Agreement or disagreement: counts, share, its test, ratio to the others, its test (G×S)."""

    number: CountTable
    p: Floats
    p_test: Floats
    r: Floats
    r_test: Floats

    @property
    def significant(self) -> Mask:
        return np.asarray((self.r_test > Z90) & (self.p_test > Z90))

    @property
    def score(self) -> Floats:
        return self.r * self.r_test * self.p * self.p_test


@dataclass(frozen=True)
class Statement:
    """A listed statement: column, "agree" or "disagree", counts, share, score it is ordered by.

    `ratio` compares with the other groups and is None for a consensus statement.
    """

    column: int
    side: str
    number: int
    seen: int
    p: float
    score: float
    ratio: float | None = None


def count_votes(cells: Cells, labels: Labels, groups: int) -> Counts:
    """Votes per group; `labels` (P) is the group of each row."""
    tables = [np.zeros((groups, cells.shape[1]), dtype=np.int64) for _ in range(3)]
    for group in range(groups):
        rows = cells[labels == group]
        tables[0][group] = (rows == AGREE).sum(axis=0)
        tables[1][group] = (rows == DISAGREE).sum(axis=0)
        tables[2][group] = (rows != UNSEEN).sum(axis=0)
    return Counts(*tables)


def sides(counts: Counts) -> tuple[Side, Side]:
    """Agreement and disagreement of every group compared with all the others."""
    return _side(counts.agree, counts.seen), _side(counts.disagree, counts.seen)


def representative(
    counts: Counts,
    group: int,
    *,
    least_in_group: int = 0,
    least_in_all: int = 0,
    polis_seats: bool = False,
) -> list[Statement]:
    """The best five statements of a group by r·r_test·p·p_test, agreements first.

    Only statements that pass both tests at 90 % on one side count, seen by enough in the group
    and in all. With `polis_seats` the list is filled as Polis does: its best agreement has a
    seat even when it does not pass, and a group without any gets the most distinguishing one.
    """
    agree, disagree = sides(counts)
    listable = counts.seen[group] >= least_in_group
    listable &= counts.seen.sum(axis=0) >= least_in_all
    passing = (agree.significant | disagree.significant)[group] & listable
    agrees = (agree.r_test > disagree.r_test)[group]
    score = np.where(agrees, agree.score[group], disagree.score[group])
    columns = [int(c) for c in np.argsort(-score, kind="stable") if passing[c]]
    if polis_seats:
        best = _best_agreement(agree, disagree, group)
        if best is None and not columns:
            best = int(np.maximum(agree.r_test, disagree.r_test)[group].argmax())
        columns = [c for c in (best, *columns) if c is not None]
    listed = list(dict.fromkeys(columns))[:MOST_LISTED]
    statements = [
        _listed(
            c, agree if agrees[c] else disagree, "agree" if agrees[c] else "disagree", counts, group
        )
        for c in listed
    ]
    return sorted(statements, key=lambda statement: statement.side)


def consensus(counts: Counts, *, least_in_all: int = 0) -> tuple[list[Statement], list[Statement]]:
    """The five statements most agreed and most disagreed with by all (counts of one group).

    Share above one half and above it by the test at 90 %, ordered by share times test.
    """
    agree, disagree = sides(counts)
    return (
        _shared(agree, "agree", counts, least_in_all),
        _shared(disagree, "disagree", counts, least_in_all),
    )


def group_aware_consensus(agree: npt.ArrayLike, seen: npt.ArrayLike) -> Floats:
    """Π over groups (first axis) of (A+1)/(S+2): high only where every group agrees."""
    shares = share(np.asarray(agree, dtype=np.int64), np.asarray(seen, dtype=np.int64))
    product: Floats = shares.prod(axis=0)
    return product


def _side(number: CountTable, seen: CountTable) -> Side:
    others, others_seen = number.sum(axis=0) - number, seen.sum(axis=0) - seen
    p = share(number, seen)
    return Side(
        number,
        p,
        prop_test(number, seen),
        p / ((others + 1) / (others_seen + 2)),
        two_prop_test(number, others, seen, others_seen),
    )


def _shared(side: Side, name: str, counts: Counts, least: int) -> list[Statement]:
    score = (side.p * side.p_test)[0]
    fit = (side.p[0] > 0.5) & (side.p_test[0] > Z90) & (counts.seen[0] >= least)
    columns: Sequence[int] = [int(c) for c in np.argsort(-score, kind="stable") if fit[c]]
    return [
        Statement(
            c,
            name,
            int(side.number[0, c]),
            int(counts.seen[0, c]),
            float(side.p[0, c]),
            float(score[c]),
        )
        for c in columns[:MOST_LISTED]
    ]


def _listed(column: int, side: Side, name: str, counts: Counts, group: int) -> Statement:
    cell = group, column
    return Statement(
        column,
        name,
        int(side.number[cell]),
        int(counts.seen[cell]),
        float(side.p[cell]),
        float(side.score[cell]),
        float(side.r[cell]),
    )


def _best_agreement(agree: Side, disagree: Side, group: int) -> int | None:
    """Polis' seat for agreement: a walk over the columns in order, each against the best so far.

    By the full score while the best is more agreed with than elsewhere, else by share and test.
    """
    p, r = agree.p[group], agree.r[group]
    plain, full = (agree.p * agree.p_test)[group], agree.score[group]
    voted = (agree.number + disagree.number)[group] > 0
    eligible = (agree.p_test[group] > Z90) | ((r > 1) & (p > 0.5))
    best: int | None = None
    for column in np.flatnonzero(voted).tolist():
        if best is None:
            best = column if eligible[column] else None
        elif (full if r[best] > 1 else plain)[column] > (full if r[best] > 1 else plain)[best]:
            best = column
    return best
