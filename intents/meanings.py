"""What words mean, as vectors: words that keep like company lie close together.

`data/meanings.npz` holds frequent words with 75 directions each; `python -m bench.meanings` builds
it and tells where they come from. A text becomes the sums of the vectors of its words, of its first
and of its second half (the place comes first, the matter last), each of length one, and every
product of two components of the whole. A linear classifier over products is a quadratic one over
the sum: these are the features of the polynomial kernel (Schölkopf and Smola, "Learning with
Kernels", 2002, section 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILE = Path(__file__).resolve().parent / "data" / "meanings.npz"
DIRECTIONS = 75
_ROWS, _COLUMNS = np.triu_indices(DIRECTIONS)
WIDTH = 3 * DIRECTIONS + len(_ROWS)
_WHOLE, _PRODUCTS, _HALF = np.sqrt(np.array([0.4, 0.4, 0.2], dtype=np.float32))
# a product of two different components stands for both of its orders
_LOUDNESS = _PRODUCTS * np.where(_ROWS == _COLUMNS, 1, np.sqrt(2)).astype(np.float32)


class Meanings:
    """Words and their vectors; immutable, thread-safe."""

    def __init__(self, words: Sequence[str], vectors: NDArray[np.int8]) -> None:
        self._places: Mapping[str, int] = {word: i for i, word in enumerate(words)}
        self._vectors = vectors

    def matrix(self, texts: Sequence[Sequence[str]]) -> Floats:
        """One row of WIDTH values for the words of each text; zeros where no word is known."""
        halves = np.zeros((2, len(texts), DIRECTIONS), dtype=np.float32)
        for row, words in enumerate(texts):
            middle = (len(words) + 1) // 2
            halves[0, row] = self._sum(words[:middle])
            halves[1, row] = self._sum(words[middle:])
        whole = _of_length_one(halves[0] + halves[1])
        products = whole[:, _ROWS] * whole[:, _COLUMNS] * _LOUDNESS
        first, second = _of_length_one(halves[0]), _of_length_one(halves[1])
        parts: Floats = np.hstack([_WHOLE * whole, _HALF * first, _HALF * second, products])
        return parts

    def _sum(self, words: Sequence[str]) -> Floats:
        places = [self._places[word] for word in words if word in self._places]
        total: Floats = np.add.reduce(self._vectors[places], axis=0, dtype=np.float32)
        return total


def _of_length_one(rows: Floats) -> Floats:
    lengths: Floats = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths == 0] = 1
    return rows / lengths[:, np.newaxis]


@cache
def meanings() -> Meanings:
    """Those that are shipped, read once."""
    with np.load(FILE, allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode("utf-8").split("\n")
        return Meanings(words, arrays["vectors"])
