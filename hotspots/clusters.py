"""Groups of messages that are alike.

Two messages are neighbours when their likeness reaches a threshold; whatever hangs together by
neighbours is then divided by average linkage (Sokal and Michener 1958), so that a chain of
messages, each like the next, does not become one group.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from hotspots.likeness import Floats, Likeness, Members
from hotspots.vectors import Matrix

_ALIKE = 0.20
_BLOCK = 256
_MOST_LINKED = 3000  # more than this would need too much memory at once
_STEP = 0.05


def groups(likeness: Likeness, *, alike: float = _ALIKE) -> list[Members]:
    """Messages that belong together, at least two each; every message in one group at most.

    The same messages in the same order give the same groups.
    """
    found: list[Members] = []
    for part in _connected(likeness, np.arange(len(likeness.days)), alike):
        found += _divided(part, likeness.between(part, part), alike)
    return found


def _connected(likeness: Likeness, members: Members, alike: float) -> Iterator[Members]:
    """What hangs together; a part too large to be divided is taken apart at a higher threshold."""
    graph = _neighbours(likeness, members, alike)
    count, label = sparse.csgraph.connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    for part in np.split(members[order], np.cumsum(np.bincount(label, minlength=count))[:-1]):
        if len(part) > _MOST_LINKED:
            yield from _connected(likeness, part, alike + _STEP)
        elif len(part) > 1:
            yield part


def _neighbours(likeness: Likeness, members: Members, alike: float) -> Matrix:
    blocks = [
        sparse.csr_array(likeness.between(members[start : start + _BLOCK], members) >= alike)
        for start in range(0, len(members), _BLOCK)
    ]
    return sparse.vstack(blocks, format="csr")


def _divided(part: Members, alike: Floats, threshold: float) -> Iterator[Members]:
    distance = 1 - np.minimum(alike, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    label = fcluster(tree, 1 - threshold, "distance")
    found = (part[label == number] for number in np.unique(label))
    return (members for members in found if len(members) > 1)
