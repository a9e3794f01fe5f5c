"""Texts as sparse vectors whose dot product is their likeness, 0–1.

Each kind of term (words, pairs of characters, places …) is weighted by (1 + ln tf) ·
ln((20 + N) / df) after Salton and Buckley (1988), as if there were twenty more texts without the
term, so that among a handful of texts a common subject still counts. Each kind is brought to
length one; the dot product of two joined vectors is the mean of the kinds' cosines weighted by
their shares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

Matrix: TypeAlias = Any  # scipy publishes no types

COMMON = 0.15  # terms of more of the texts tell nothing apart
FEW = 20  # … which so few texts cannot show


def telling(texts: int, found: int) -> float:
    """How much a term tells that is in `found` of so many texts: ln((20 + N) / df)."""
    return float(np.log((FEW + texts) / found))


class Kind:
    """One kind of term, with the weights that a collection of texts gives to each.

    Terms in more than the share `most` of the texts have no weight.
    """

    def __init__(self, texts: Sequence[Mapping[str, int]], *, most: float = COMMON) -> None:
        count = len(texts)
        messages = Counter(term for terms in texts for term in terms)
        limit = max(most * count, FEW)
        self._weight = {
            term: (column, telling(count, found))
            for column, (term, found) in enumerate(
                sorted(item for item in messages.items() if item[1] <= limit)
            )
        }

    def rows(self, texts: Sequence[Mapping[str, int]]) -> Matrix:
        """A row of length one for each text; a text without known terms has an empty row."""
        starts, columns, values = [0], list[int](), list[float]()
        for terms in texts:
            known = [(self._weight[t], n) for t, n in terms.items() if t in self._weight]
            weights = [(1 + np.log(n)) * weight for (_, weight), n in known]
            length = float(np.sqrt(sum(w * w for w in weights))) or 1.0
            columns += [column for (column, _), _ in known]
            values += [weight / length for weight in weights]
            starts.append(len(columns))
        shape = (len(texts), max(len(self._weight), 1))
        return sparse.csr_array((np.array(values), np.array(columns, int), starts), shape=shape)


def joined(parts: Sequence[tuple[float, Matrix]]) -> Matrix:
    """The kinds side by side, each with its share of the likeness."""
    return sparse.hstack([np.sqrt(share) * rows for share, rows in parts], format="csr")
