"""Okapi BM25 over 64-bit term keys, in the columns of a sparse matrix.

Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
with idf = ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative. The weights are computed
once; a question adds up the columns of its terms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bm25:
    """`columns[i]` bounds the `rows` and `weights` of term `terms[i]`; texts are the rows."""

    terms: NDArray[np.int64]
    columns: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: Floats
    idf: Floats
    size: int

    @classmethod
    def build(
        cls,
        keys: NDArray[np.int64],
        owners: NDArray[np.int32],
        size: int,
        *,
        k1: float,
        b: float,
    ) -> Bm25:
        """Index `size` texts of which text `owners[i]` has the term `keys[i]`."""
        terms, inverse = np.unique(keys, return_inverse=True)
        cells, counts = np.unique(inverse * np.int64(size) + owners, return_counts=True)
        column, rows = np.divmod(cells, np.int64(max(size, 1)))
        document_frequency = np.bincount(column, minlength=len(terms))
        lengths = np.bincount(owners, minlength=size)
        idf = np.log1p((size - document_frequency + 0.5) / (document_frequency + 0.5))
        norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()) if size else 1.0, 1.0))
        weights = counts * (k1 + 1) / (counts + norm[rows]) * idf[column]
        return cls(
            terms,
            np.concatenate(([0], np.cumsum(document_frequency))).astype(np.int64),
            rows.astype(np.int32),
            weights.astype(np.float32),
            idf.astype(np.float32),
            size,
        )

    def scores(self, keys: NDArray[np.int64], weights: Floats) -> Floats:
        """The score of every text for a question of distinct, weighted `keys`."""
        total = np.zeros(self.size, dtype=np.float32)
        for start, end, weight in self._spans(keys, weights):
            total[self.rows[start:end]] += weight * self.weights[start:end]
        return total

    def rarity(self, keys: NDArray[np.int64]) -> Floats:
        """The idf of each key; a term that no text has is as rare as a term can be."""
        if not len(self.terms):
            return np.ones(len(keys), dtype=np.float32)
        place = np.minimum(np.searchsorted(self.terms, keys), len(self.terms) - 1)
        unseen = np.float32(np.log1p((self.size + 0.5) / 0.5))
        return np.where(self.terms[place] == keys, self.idf[place], unseen)

    def present(self, keys: NDArray[np.int64], row: int) -> NDArray[np.bool_]:
        """Which of the keys the text `row` has."""
        found = np.zeros(len(keys), dtype=np.bool_)
        for number, (start, end, _) in enumerate(self._spans(keys, np.ones(len(keys)))):
            place = start + int(np.searchsorted(self.rows[start:end], row))
            found[number] = place < end and self.rows[place] == row
        return found

    def _spans(
        self, keys: NDArray[np.int64], weights: NDArray[np.floating]
    ) -> list[tuple[int, int, np.floating]]:
        """The bounds of each key's column, in the order of the keys; empty where unknown."""
        if not len(self.terms):
            return [(0, 0, weight) for weight in weights]
        places = np.minimum(np.searchsorted(self.terms, keys), len(self.terms) - 1)
        known = self.terms[places] == keys
        starts = np.where(known, self.columns[places], 0)
        ends = np.where(known, self.columns[places + 1], 0)
        return list(zip(starts.tolist(), ends.tolist(), weights, strict=True))

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays."""
        arrays = (self.terms, self.columns, self.rows, self.weights, self.idf)
        return sum(array.nbytes for array in arrays)


def largest(scores: Floats, limit: int) -> list[int]:
    """The places of the largest scores, largest first, the earlier place where equal."""
    count = min(limit, len(scores))
    if not count:
        return []
    top = np.argpartition(-scores, count - 1)[:count]
    return [int(place) for place in top[np.lexsort((top, -scores[top]))]]
