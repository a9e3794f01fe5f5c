"""The opinion map of one conversation, from votes to what may be shown.

Guards for small communities: no map below 50 participants in, only counts; a group shows from
max(5, 5 %) members; a statement is listed from 5 votes in the group and 15 in all; below a
stability of 0.6 the groups are to be called unstable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from .groups import GroupCount, Grouping, group
from .kmeans import Labels
from .matrix import PASS, Floats, Mask, Vote, VoteMatrix, members, vote_matrix
from .projection import Loadings, Projection, project
from .routing import priority
from .stability import stability
from .statements import (
    Counts,
    Statement,
    consensus,
    count_votes,
    group_aware_consensus,
    representative,
)


@dataclass(frozen=True)
class Guards:
    """What must be reached before anything is shown."""

    fewest_in: int = 50
    group_members: int = 5
    group_share: Fraction = Fraction(1, 20)
    seen_in_group: int = 5
    seen_in_all: int = 15
    stable_from: float = 0.6
    polis_seats: bool = False

    def least_members(self, inside: int) -> Fraction:
        return max(Fraction(self.group_members), self.group_share * inside)


RAW = Guards(2, 1, Fraction(0), 0, 0, polis_seats=True)
"""No guards, and the lists filled as Polis does: for comparison and research."""


@dataclass(frozen=True)
class History:
    """What an update needs of the one before: who was in, signs, number of groups."""

    members: frozenset[str] = frozenset()
    loadings: Loadings = field(default_factory=dict)
    count: GroupCount | None = None


@dataclass(frozen=True)
class OpinionGroup:
    """A group that may be shown: its number, size and representative statements."""

    number: int
    size: int
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class OpinionMap:
    """A computed map; without enough participants only `matrix`, `totals` and `priorities`.

    `labels` is the group of each row of the matrix, -1 where not in or not shown. Groups, also
    those too small to be shown, are numbered by size from 0.
    """

    matrix: VoteMatrix
    inside: Mask
    totals: Counts
    agreed: tuple[Statement, ...]
    disagreed: tuple[Statement, ...]
    priorities: Mapping[str, float]
    history: History
    projection: Projection | None = None
    labels: Labels | None = None
    groups: tuple[OpinionGroup, ...] = ()
    shared: Floats | None = None
    silhouette: float | None = None
    stability: float | None = None
    stable: bool = False


def opinion_map(
    votes: Iterable[Vote],
    *,
    dropped: Collection[str] = (),
    guards: Guards | None = None,
    history: History | None = None,
) -> OpinionMap:
    """Compute the map of votes in order of time; `dropped` are statements moderated out."""
    guards, history = guards or Guards(), history or History()
    matrix = vote_matrix(votes, dropped)
    inside = members(matrix, history.members)
    everyone = np.zeros(len(matrix.participants), dtype=np.intp)
    totals = count_votes(matrix.cells, everyone, 1)
    agreed, disagreed = consensus(totals, least_in_all=guards.seen_in_all)
    counted = OpinionMap(
        matrix,
        inside,
        totals,
        tuple(agreed),
        tuple(disagreed),
        _priorities(matrix, totals, 0.0),
        History(_names(matrix, inside), history.loadings, history.count),
    )
    if inside.sum() < max(guards.fewest_in, 2) or len(matrix.statements) < 2:
        return counted
    return _mapped(counted, guards, history)


def _mapped(counted: OpinionMap, guards: Guards, history: History) -> OpinionMap:
    matrix, inside = counted.matrix, counted.inside
    projection = project(matrix, history.loadings)
    grouping, count = group(projection.positions[inside], history.count)
    counts = count_votes(matrix.cells[inside], grouping.labels, grouping.k)
    shown = _shown(grouping, counts, guards)
    steady = stability(matrix.cells, inside, projection, grouping.labels)
    labels = np.full(len(inside), -1)
    labels[inside] = np.where(
        np.isin(grouping.labels, [g.number for g in shown]), grouping.labels, -1
    )
    return OpinionMap(
        **{
            **vars(counted),
            "priorities": _priorities(matrix, counted.totals, projection.extremity),
            "history": History(counted.history.members, projection.loadings(matrix), count),
            "projection": projection,
            "labels": labels,
            "groups": shown,
            "shared": group_aware_consensus(counts.agree, counts.seen),
            "silhouette": grouping.silhouette,
            "stability": steady,
            "stable": steady >= guards.stable_from,
        }
    )


def _shown(grouping: Grouping, counts: Counts, guards: Guards) -> tuple[OpinionGroup, ...]:
    sizes = np.bincount(grouping.labels, minlength=grouping.k).tolist()
    least = guards.least_members(len(grouping.labels))
    return tuple(
        OpinionGroup(
            number,
            size,
            tuple(
                representative(
                    counts,
                    number,
                    least_in_group=guards.seen_in_group,
                    least_in_all=guards.seen_in_all,
                    polis_seats=guards.polis_seats,
                )
            ),
        )
        for number, size in enumerate(sizes)
        if size >= least
    )


def _priorities(matrix: VoteMatrix, totals: Counts, extremity: Floats | float) -> dict[str, float]:
    passed = (matrix.cells == PASS).sum(axis=0)
    weights = priority(totals.agree[0], passed, totals.seen[0], extremity)
    return dict(zip(matrix.statements, weights.tolist(), strict=True))


def _names(matrix: VoteMatrix, chosen: Mask) -> frozenset[str]:
    pairs = zip(matrix.participants, chosen.tolist(), strict=True)
    return frozenset(name for name, is_in in pairs if is_in)
