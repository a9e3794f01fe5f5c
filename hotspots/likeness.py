"""How alike two messages are, 0–1: by text, supported by the place and by nearness in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hotspots.terms import Terms
from hotspots.vectors import Kind, Matrix, joined

Floats: TypeAlias = NDArray[np.float64]
Members: TypeAlias = NDArray[np.intp]

# the shares of words, pairs of characters and pairs of the headline in the likeness of texts
TEXT_SHARES = (0.6, 0.2, 0.2)
_PLACE = 0.3
_BOTH_WITHOUT_PLACE = 0.35  # the place's part for two messages that name none
_MOST_BY_PLACE = 3.0  # times the likeness of the texts: a large place alone makes no topic
_HALVED_AFTER_DAYS = 60.0


def text_kinds(terms: Sequence[Terms]) -> list[Sequence[Counter[str]]]:
    """The counts that texts are compared by, in the order of `TEXT_SHARES`."""
    return [[t.words for t in terms], [t.pairs for t in terms], [t.headline for t in terms]]


@dataclass(frozen=True)
class Likeness:
    """Compares messages by their row numbers.

    0.7 · text + 0.3 · min(place, 3 · text), where both are cosines; times a factor that falls from
    1 to ½, halfway after 60 days, because the same words a year later are another occurrence.
    """

    text: Matrix
    place: Matrix
    days: Floats

    @classmethod
    def of(
        cls, terms: Sequence[Terms], places: Sequence[Sequence[str]], days: Sequence[float]
    ) -> Likeness:
        """Of messages given by their terms, the places that they name, and their time in days."""
        text = [Kind(counts).rows(counts) for counts in text_kinds(terms)]
        named = [Counter(found) for found in places]
        place = Kind(named, most=1.0).rows(named)
        return cls(joined(list(zip(TEXT_SHARES, text, strict=True))), place, np.array(days))

    def between(self, one: Members, other: Members) -> Floats:
        """A table of `one` by `other`; a message with itself has 1 where it has any words."""
        text: Floats = (self.text[one] @ self.text[other].T).toarray()
        place: Floats = (self.place[one] @ self.place[other].T).toarray()
        placeless = np.diff(self.place.indptr) == 0
        place[np.ix_(placeless[one], placeless[other])] = _BOTH_WITHOUT_PLACE
        alike = (1 - _PLACE) * text + _PLACE * np.minimum(place, _MOST_BY_PLACE * text)
        apart = np.abs(self.days[one][:, None] - self.days[other])
        return alike * (0.5 + 0.5 * np.exp2(-apart / _HALVED_AFTER_DAYS))
