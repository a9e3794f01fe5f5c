"""Weighted k-means in the plane, repeatable."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .matrix import Floats

Labels: TypeAlias = npt.NDArray[np.intp]
MOST_STEPS = 100


class Clusters(NamedTuple):
    """Weighted sum of squared distances, labels (n) and centres (k×2)."""

    cost: float
    labels: Labels
    centres: Floats


def optima(points: Floats, weights: Floats, k: int, *, starts: int, seed: int) -> list[Clusters]:
    """The different optima that Lloyd's algorithm reaches, the cheapest first.

    From k-means++ starts (D. Arthur, S. Vassilvitskii, SODA 2007); needs at least k distinct
    points.
    """
    chance = np.random.default_rng(seed)
    found: dict[float, Clusters] = {}
    for _ in range(starts):
        clusters = _lloyd(points, weights, _spread(points, weights, k, chance))
        found.setdefault(round(clusters.cost, 9), clusters)
    return [found[cost] for cost in sorted(found)]


def nearest(points: Floats, centres: Floats) -> Labels:
    """The centre nearest to each point; the first of several."""
    labels: Labels = ((centres**2).sum(axis=1) - 2 * points @ centres.T).argmin(axis=1)
    return labels


def _spread(points: Floats, weights: Floats, k: int, chance: np.random.Generator) -> Floats:
    chosen = [_drawn(weights, chance)]
    distance = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chosen.append(_drawn(weights * distance, chance))
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return points[chosen]


def _drawn(shares: Floats, chance: np.random.Generator) -> int:
    reached = np.cumsum(shares)
    place = np.searchsorted(reached, chance.random() * reached[-1], side="right")
    return min(int(place), len(shares) - 1)


def _lloyd(points: Floats, weights: Floats, centres: Floats) -> Clusters:
    labels = nearest(points, centres)
    for _ in range(MOST_STEPS):
        centres = _means(points, weights, labels, centres)
        moved = nearest(points, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    cost = float(weights @ ((points - centres[labels]) ** 2).sum(axis=1))
    return Clusters(cost, labels, centres)


def _means(points: Floats, weights: Floats, labels: Labels, centres: Floats) -> Floats:
    """Weighted mean of each group; an emptied group keeps its centre."""
    k = len(centres)
    sizes = np.bincount(labels, weights, minlength=k)
    sums = [np.bincount(labels, weights * column, minlength=k) for column in points.T]
    filled = np.maximum(sizes, 1e-300)[:, None]
    means: Floats = np.where(sizes[:, None] > 0, np.stack(sums, axis=1) / filled, centres)
    return means
