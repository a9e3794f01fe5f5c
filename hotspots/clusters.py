"""Groups of messages that are alike: near in text, place and time.

Two messages are neighbours when their likeness reaches a threshold; whatever hangs together by
neighbours is then divided by average linkage (Sokal and Michener 1958), so that a chain of
messages, each like the next, does not become one group. The likeness of two messages falls to
half with the time between them, because the same words a year later are another occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from hotspots.vectors import Matrix

Days: TypeAlias = NDArray[np.float64]
Members: TypeAlias = NDArray[np.intp]

ALIKE = 0.26
_HALVED_AFTER_DAYS = 60.0
_BLOCK = 512
_MOST_LINKED = 3000  # more than this would need too much memory at once
_STEP = 0.05


def groups(vectors: Matrix, days: Days, *, alike: float = ALIKE) -> list[Members]:
    """Rows of `vectors` that belong together, at least two each; every row in one group at most.

    `days` are the times of the rows. The same rows in the same order give the same groups.
    """
    found = []
    for part in _connected(vectors, days, np.arange(len(days)), alike):
        found += _divided(part, likeness(vectors, days, part), alike)
    return found


def likeness(vectors: Matrix, days: Days, members: Members) -> NDArray[np.float64]:
    """The likeness of each member to each, 0–1."""
    chosen = vectors[members]
    text: NDArray[np.float64] = (chosen @ chosen.T).toarray()
    return text * _nearness(days[members][:, None], days[members])


def _nearness(one: Days, other: Days) -> NDArray[np.float64]:
    return 0.5 + 0.5 * np.exp2(-np.abs(one - other) / _HALVED_AFTER_DAYS)


def _connected(
    vectors: Matrix, days: Days, members: Members, alike: float
) -> Iterator[Members]:
    """What hangs together; a part too large to be divided is taken apart at a higher threshold."""
    graph = _neighbours(vectors[members], days[members], alike)
    count, label = sparse.csgraph.connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    for part in np.split(members[order], np.cumsum(np.bincount(label, minlength=count))[:-1]):
        if len(part) > _MOST_LINKED:
            yield from _connected(vectors, days, part, alike + _STEP)
        elif len(part) > 1:
            yield part


def _neighbours(vectors: Matrix, days: Days, alike: float) -> Matrix:
    blocks = []
    for start in range(0, len(days), _BLOCK):
        near = (vectors[start : start + _BLOCK] @ vectors.T).tocoo()
        value = near.data * _nearness(days[start + near.row], days[near.col])
        kept = value >= alike
        shape = near.shape
        blocks.append(
            sparse.csr_array((value[kept], (near.row[kept], near.col[kept])), shape=shape)
        )
    return sparse.vstack(blocks, format="csr")


def _divided(part: Members, alike: NDArray[np.float64], threshold: float) -> list[Members]:
    distance = 1 - np.minimum(alike, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    label = fcluster(tree, 1 - threshold, "distance")
    found = (part[label == number] for number in np.unique(label))
    return [members for members in found if len(members) > 1]
