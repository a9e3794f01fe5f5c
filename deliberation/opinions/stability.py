"""How far the groups depend on who happened to take part.

A hundred times the participants are drawn again with replacement, positions and groups are
computed anew with the same number of groups, and compared with the published ones by the
adjusted Rand index over those drawn (C. Hennig, "Cluster-wise assessment of cluster stability",
Computational Statistics & Data Analysis 52, 2007, for the bootstrap; L. Hubert, P. Arabie,
"Comparing partitions", Journal of Classification 2, 1985, for the index).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .groups import EXCHANGE_UP_TO, improved, least_members
from .kmeans import Labels, optima
from .matrix import UNSEEN, Cells, Floats, Mask
from .projection import Projection
from .silhouette import Distances

RESAMPLES = 100
SUBSPACE = 6
ITERATIONS = 4
SEED = 20_070_701
_Single = npt.NDArray[np.float32]


def stability(
    cells: Cells, inside: Mask, projection: Projection, labels: Labels, resamples: int = RESAMPLES
) -> float:
    """Mean adjusted Rand index over the resamples, 1 when the groups never change.

    `cells` (P×S) are all participants, `inside` (P) who is in the map, `labels` their groups.
    """
    if labels.max(initial=0) == 0:
        return 1.0
    chance = np.random.default_rng(SEED)
    sample = _Sample(cells, projection)
    group = np.full(len(cells), -1)
    group[inside] = labels
    indices = []
    for _ in range(resamples):
        weights = np.bincount(chance.integers(len(cells), size=len(cells)), minlength=len(cells))
        drawn = np.flatnonzero(weights)
        positions = sample.positions(drawn, weights[drawn])
        use = inside[drawn]
        people = weights[drawn][use].astype(np.float64)
        again = _regrouped(
            positions[use], people, int(labels.max()) + 1, int(chance.integers(2**31))
        )
        indices.append(adjusted_rand(group[drawn][use], again))
    return float(np.mean(indices))


def _regrouped(points: Floats, weights: Floats, k: int, seed: int) -> Labels:
    best = optima(points, weights, k, starts=2, seed=seed)[0]
    if len(points) > EXCHANGE_UP_TO:
        return best.labels
    return improved(best, Distances(points, weights), least_members(int(weights.sum()))).labels


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Adjusted Rand index of two groupings of the same things: 1 equal, about 0 by chance."""
    width = int(second.max()) + 1
    table = np.bincount(first * width + second, minlength=(int(first.max()) + 1) * width)
    table = table.reshape(-1, width)
    together, rows, columns = (_pairs(t) for t in (table, table.sum(axis=1), table.sum(axis=0)))
    expected = rows * columns / max(_pairs(np.array([len(first)])), 1)
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _pairs(counts: npt.NDArray[np.intp]) -> float:
    return float((counts * (counts - 1) // 2).sum())


class _Sample:
    """The votes in single precision, for a few steps of subspace iteration per resample.

    Starting from the components of all participants, four steps in six dimensions and one
    Rayleigh-Ritz step give the two components of a resample.
    """

    def __init__(self, cells: Cells, projection: Projection) -> None:
        self.seen: _Single = np.not_equal(cells, UNSEEN).astype(np.float32)
        self.votes: _Single = np.where(cells == UNSEEN, 0, cells).astype(np.float32)
        number = self.seen.sum(axis=1)
        self.stretch = np.sqrt(cells.shape[1] / np.maximum(number, 1))
        self.start = _basis(projection.components, cells.shape[1])

    def positions(self, drawn: npt.NDArray[np.intp], weights: npt.NDArray[np.intp]) -> Floats:
        """Positions of the drawn rows in the plane of the resample."""
        centred, heavy = self._centred(drawn, weights.astype(np.float32))
        basis = self.start
        for _ in range(ITERATIONS):
            basis, _ = np.linalg.qr(centred.T @ (heavy * (centred @ basis)))
        image = centred @ basis
        _, turn = np.linalg.eigh(image.T @ (heavy * image))
        plane: Floats = (self.stretch[drawn][:, None] * (image @ turn[:, :-3:-1])).astype(
            np.float64
        )
        return plane

    def _centred(self, drawn: npt.NDArray[np.intp], weights: _Single) -> tuple[_Single, _Single]:
        votes, seen = self.votes[drawn], self.seen[drawn]
        means = (weights @ votes) / np.maximum(weights @ seen, 1)
        seen *= means
        votes -= seen
        return votes, weights[:, None]


def _basis(components: Floats, width: int) -> _Single:
    """The two components and up to four fixed directions beside them."""
    extra = np.random.default_rng(SEED).standard_normal((width, min(SUBSPACE, width)))
    extra[:, : len(components)] = components.T[:, : extra.shape[1]]
    basis: _Single = np.linalg.qr(extra)[0].astype(np.float32)
    return basis
