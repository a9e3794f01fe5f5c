"""Positions in the plane: principal components of the votes, scaled for how much was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .matrix import UNSEEN, Cells, Floats, VoteMatrix

Loadings = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Projection:
    """Column means (S), components (2×S), positions of participants (P×2) and statements (S×2)."""

    means: Floats
    components: Floats
    positions: Floats
    statement_positions: Floats

    @property
    def extremity(self) -> Floats:
        """Distance of each statement from the origin (S)."""
        lengths: Floats = np.linalg.norm(self.statement_positions, axis=1)
        return lengths

    def loadings(self, matrix: VoteMatrix) -> Loadings:
        """Components by statement, to align the signs of the next run with."""
        pairs = zip(matrix.statements, self.components.T.tolist(), strict=True)
        return {name: (first, second) for name, (first, second) in pairs}


def project(matrix: VoteMatrix, previous: Loadings | None = None) -> Projection:
    """Principal components of the imputed matrix and everybody's position.

    Unseen cells take the mean of their column over those who voted, so after centring they are
    zero. p_i = √(n / max(n_i, 1)) · Σ (x_ij - c_j)(pc1_j, pc2_j) over the cells i voted; a
    statement stands at √n · (1 - c_j) · (pc1_j, pc2_j).
    """
    means, centred = centre(matrix.cells)
    components = _aligned(principal(centred), matrix, previous)
    width = len(matrix.statements)
    return Projection(
        means,
        components,
        place(matrix.cells, centred, components),
        np.sqrt(width) * (1 - means)[:, None] * components.T,
    )


def centre(cells: Cells) -> tuple[Floats, Floats]:
    """Column means over the votes (S), and the cells less them, 0 where unseen (P×S)."""
    seen = cells != UNSEEN
    sums = np.where(seen, cells, 0).sum(axis=0, dtype=np.float64)
    means: Floats = sums / np.maximum(seen.sum(axis=0), 1)
    return means, np.where(seen, cells - means, 0.0)


def principal(centred: Floats, number: int = 2) -> Floats:
    """The first components (number×S) by decreasing variance, from the covariance matrix.

    Fewer statements than components are filled up with zeros.
    """
    width = centred.shape[1]
    _, vectors = np.linalg.eigh(centred.T @ centred)
    components = np.zeros((number, width))
    found = min(number, width)
    components[:found] = vectors[:, ::-1][:, :found].T
    return components


def place(cells: Cells, centred: Floats, components: Floats) -> Floats:
    """Positions of participants (P×2), stretched by √(n / n_i) for those who saw little."""
    votes = np.maximum((cells != UNSEEN).sum(axis=1), 1)
    stretch = np.sqrt(cells.shape[1] / votes)
    positions: Floats = stretch[:, None] * (centred @ components.T)
    return positions


def _aligned(components: Floats, matrix: VoteMatrix, previous: Loadings | None) -> Floats:
    """Signs as in the previous run; without one, the largest loading is positive."""
    before = np.zeros_like(components)
    if previous:
        before = np.array([previous.get(name, (0.0, 0.0)) for name in matrix.statements]).T
    signs = np.sign((components * before).sum(axis=1))
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    return components * np.where(signs, signs, np.where(largest[:, 0] < 0, -1.0, 1.0))[:, None]
