"""The silhouette of a grouping, and its improvement by exchange.

Sources: P. Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 20 (1987);
F. Batool, C. Hennig, "Clustering with the Average Silhouette Width", Computational Statistics &
Data Analysis 158 (2021), for the exchange. Time and memory grow with the square of the points.
"""

from __future__ import annotations

import numpy as np

from .kmeans import Labels
from .matrix import Floats

EXCHANGE_CANDIDATES = 16
LEAST_GAIN = 1e-12


class Distances:
    """Distances between weighted points; a point of weight w counts as w equal points."""

    def __init__(self, points: Floats, weights: Floats | None = None) -> None:
        squares = (points**2).sum(axis=1)
        between = points @ points.T
        between *= -2
        between += squares
        between += squares[:, None]
        np.fill_diagonal(between, 0)
        self._between = np.sqrt(np.maximum(between, 0, out=between), out=between)
        self._weights = np.ones(len(points)) if weights is None else weights

    def silhouette(self, labels: Labels) -> float:
        """Weighted mean silhouette width; alone in its group a point counts 0."""
        sums, sizes = self._sums(labels, int(labels.max()) + 1)
        widths, _ = _widths(sums[None], sizes[None], labels[None])
        return float(self._mean(widths)[0])

    def exchanged(self, labels: Labels, least: int) -> tuple[Labels, float]:
        """Move single points to their second nearest group while the mean width grows.

        Of the sixteen points that fit worst, the best move is made each time. A group is never
        made smaller than `least`. Returns the labels and their silhouette.
        """
        k = int(labels.max()) + 1
        sums, sizes = self._sums(labels, k)
        widths, others = _widths(sums[None], sizes[None], labels[None])
        score = self._mean(widths)[0]
        while True:
            worst = np.argsort(widths[0], kind="stable")[:EXCHANGE_CANDIDATES]
            worst = worst[sizes[labels[worst]] - self._weights[worst] >= least]
            if not worst.size:
                return labels, float(score)
            trials = _Moves(labels, sums, sizes)
            trials.make(worst, others[0, worst], self._between[worst], self._weights[worst])
            new_widths, new_others = _widths(trials.sums, trials.sizes, trials.labels)
            means = self._mean(new_widths)
            best = int(means.argmax())
            if means[best] <= score + LEAST_GAIN:
                return labels, float(score)
            labels, sums, sizes = trials.labels[best], trials.sums[best], trials.sizes[best]
            widths, others = new_widths[[best]], new_others[[best]]
            score = means[best]

    def _mean(self, widths: Floats) -> Floats:
        means: Floats = widths @ self._weights / self._weights.sum()
        return means

    def _sums(self, labels: Labels, k: int) -> tuple[Floats, Floats]:
        """Summed distances of each point to each group (n×k), and the group sizes (k)."""
        shares = np.eye(k)[labels] * self._weights[:, None]
        return self._between @ shares, shares.sum(axis=0)


class _Moves:
    """Copies of a grouping in each of which one point moves to another group."""

    def __init__(self, labels: Labels, sums: Floats, sizes: Floats) -> None:
        self.labels, self.sums, self.sizes = labels[None], sums[None], sizes[None]

    def make(self, points: Labels, targets: Labels, distances: Floats, weights: Floats) -> None:
        """Copy t moves of `points` (t) to `targets` (t); `distances` are their rows (t×n)."""
        trial = np.arange(len(points))
        origins = self.labels[0, points]
        carried = distances * weights[:, None]
        self.sums = np.repeat(self.sums, len(points), axis=0)
        self.sums[trial, :, origins] -= carried
        self.sums[trial, :, targets] += carried
        self.sizes = np.repeat(self.sizes, len(points), axis=0)
        self.sizes[trial, origins] -= weights
        self.sizes[trial, targets] += weights
        self.labels = np.repeat(self.labels, len(points), axis=0)
        self.labels[trial, points] = targets


def _widths(sums: Floats, sizes: Floats, labels: Labels) -> tuple[Floats, Labels]:
    """Silhouette widths (t×n) and the next nearest group (t×n) of t groupings.

    Takes sums t×n×k, sizes t×k and labels t×n.
    """
    own_size = np.take_along_axis(sizes, labels, axis=1)
    own = labels[:, :, None]
    inside = np.take_along_axis(sums, own, axis=2)[:, :, 0] / np.maximum(own_size - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(sizes[:, None, :] > 0, sums / sizes[:, None, :], np.inf)
    np.put_along_axis(means, own, np.inf, axis=2)
    others = means.argmin(axis=2)
    outside = np.take_along_axis(means, others[:, :, None], axis=2)[:, :, 0]
    larger = np.maximum(inside, outside)
    widths = np.where(larger > 0, (outside - inside) / np.where(larger > 0, larger, 1), 0)
    return np.where(own_size > 1, widths, 0), others
