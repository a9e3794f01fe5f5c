"""Opinion groups: how many, and who is in which.

Up to 3 000 participants k-means runs on the positions themselves; above, as in Polis, on 100 base
clusters and then on their centres weighted by size. The number of groups is the one with the best
mean silhouette among 2 … min(5, 2 + ⌊B/12⌋), B the number of (at most 100) base clusters. Up to
600 points every optimum of k-means is improved by exchange on the silhouette itself; among more,
where single points at the border hardly matter, the three cheapest are compared. Groupings with a
group below 5 % (or of one) are set aside while there are others, as such a group could not be
shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .kmeans import Clusters, Labels, nearest, optima
from .matrix import Floats
from .silhouette import Distances

PLAIN_UP_TO = 3_000
EXCHANGE_UP_TO = 600
BASE_CLUSTERS = 100
MOST_GROUPS = 5
STARTS, FEW_STARTS = 20, 8
CHEAPEST = 3
UPDATES_TO_ADOPT = 4
SEED = 20_210_101


@dataclass(frozen=True)
class Grouping:
    """Group of each participant (0 is the largest), number of groups, mean silhouette."""

    labels: Labels
    k: int
    silhouette: float


@dataclass(frozen=True)
class GroupCount:
    """The number of groups in use, and for how many updates in a row another was better."""

    adopted: int
    candidate: int
    updates: int = 0

    def after(self, best: int) -> GroupCount:
        """The count after an update whose best number is `best`."""
        if best == self.adopted:
            return GroupCount(best, best)
        updates = self.updates + 1 if best == self.candidate else 1
        if updates >= UPDATES_TO_ADOPT:
            return GroupCount(best, best)
        return GroupCount(self.adopted, best, updates)


def group(positions: Floats, count: GroupCount | None = None) -> tuple[Grouping, GroupCount]:
    """Group participants (n×2); `count` is that of the previous update.

    Fewer than two distinct positions are one group.
    """
    points, weights, base = _base(positions)
    candidates = _candidates(points, weights, len(positions))
    if not candidates:
        whole = Grouping(np.zeros(len(positions), dtype=np.intp), 1, 0.0)
        return whole, GroupCount(1, 1)
    best = max(candidates, key=lambda k: (candidates[k].silhouette, -k))
    count = count.after(best) if count else GroupCount(best, best)
    chosen = candidates.get(count.adopted, candidates[best])
    return Grouping(largest_first(chosen.labels[base]), chosen.k, chosen.silhouette), count


def largest_first(labels: Labels) -> Labels:
    """The same groups, numbered by size."""
    order = np.argsort(-np.bincount(labels), kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    return ranks[labels]


def least_members(people: int) -> int:
    """The smallest group that is looked for: 5 %, and never one alone."""
    return max(2, -(-people // 20))


def _base(positions: Floats) -> tuple[Floats, Floats, Labels]:
    """Points with weights to group, and the point that each participant belongs to."""
    if len(positions) <= PLAIN_UP_TO:
        return positions, np.ones(len(positions)), np.arange(len(positions))
    ones = np.ones(len(positions))
    clusters = optima(positions, ones, BASE_CLUSTERS, starts=1, seed=SEED)[0]
    sizes = np.bincount(clusters.labels, minlength=BASE_CLUSTERS).astype(np.float64)
    used = np.flatnonzero(sizes)
    return clusters.centres[used], sizes[used], nearest(positions, clusters.centres[used])


def _candidates(points: Floats, weights: Floats, people: int) -> dict[int, Grouping]:
    """The best grouping of every allowed number of groups, without tiny groups if possible."""
    distinct = len(np.unique(np.round(points, 9), axis=0))
    most = min(MOST_GROUPS, 2 + min(distinct, BASE_CLUSTERS) // 12, distinct)
    distances, least = Distances(points, weights), least_members(people)
    found = []
    exchange = len(points) <= EXCHANGE_UP_TO
    for k in range(2, most + 1):
        starts = STARTS if exchange else FEW_STARTS
        clusters = optima(points, weights, k, starts=starts, seed=SEED + k)
        if not exchange:
            clusters = clusters[:CHEAPEST]
        found += [improved(one, distances, least) for one in clusters]
    fair = [g for g in found if np.bincount(g.labels, weights, g.k).min() >= least]
    best: dict[int, Grouping] = {}
    for grouping in sorted(fair or found, key=lambda g: g.silhouette):
        best[grouping.k] = grouping
    return best


def improved(clusters: Clusters, distances: Distances, least: int) -> Grouping:
    """A grouping with its silhouette, after the exchange where there are few enough points."""
    if len(clusters.labels) > EXCHANGE_UP_TO:
        labels, score = clusters.labels, distances.silhouette(clusters.labels)
    else:
        labels, score = distances.exchanged(clusters.labels, least)
    return Grouping(labels, len(clusters.centres), score)
