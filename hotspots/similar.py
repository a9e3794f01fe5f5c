"""Open cases that a new report may be a duplicate of: the same place and a like text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hotspots.likeness import TEXT_SHARES, Floats, text_kinds
from hotspots.records import OpenCase, Suggestion
from hotspots.terms import terms_of
from hotspots.vectors import Kind, joined
from intents.normalise import normalise

THRESHOLD = 0.22  # chosen on half of the matters of bench/hotspots.py
LIMIT = 3
_UNKNOWN_PLACE = 1.2  # times the threshold where the place cannot speak for it


class SimilarCases:
    """An index of open cases; immutable, thread-safe. Build it anew when the cases change."""

    def __init__(self, cases: Sequence[OpenCase]) -> None:
        self._ids = [case.id for case in cases]
        self._places = [normalise(case.place) for case in cases]
        kinds = text_kinds([terms_of(case.text) for case in cases])
        self._kinds = [Kind(counts) for counts in kinds]
        rows = [kind.rows(counts) for kind, counts in zip(self._kinds, kinds, strict=True)]
        self._rows = joined(list(zip(TEXT_SHARES, rows, strict=True)))

    @classmethod
    def build(cls, cases: Sequence[OpenCase]) -> SimilarCases:
        """The index of `cases`; the order of the cases does not matter."""
        return cls(sorted(cases, key=lambda case: case.id))

    def suggest(
        self, text: str, place: str = "", limit: int = LIMIT, threshold: float = THRESHOLD
    ) -> list[Suggestion]:
        """At most `limit` cases like `text` from `threshold` on, the most like first.

        Only cases at the same place: one of the two places contains the other, as a name (丽发新城
        in 丽发新城小区) or as a path in the tree of places; an unknown place may be any, but
        then the texts must be more alike.
        """
        if not self._ids:
            return []
        scores = self._scores(text)
        here = normalise(place)
        found = [
            Suggestion(self._ids[at], round(float(scores[at]), 4))
            for at in np.flatnonzero(scores >= threshold)
            if _same_place(here, there := self._places[at])
            and ((here and there) or scores[at] >= _UNKNOWN_PLACE * threshold)
        ]
        return sorted(found, key=lambda case: (-case.score, case.id))[:limit]

    def _scores(self, text: str) -> Floats:
        kinds = zip(self._kinds, text_kinds([terms_of(text)]), TEXT_SHARES, strict=True)
        query = joined([(share, kind.rows(counts)) for kind, counts, share in kinds])
        scores: Floats = (self._rows @ query.T).toarray().ravel()
        return scores


def suggest(
    text: str, place: str, open_cases: Sequence[OpenCase], limit: int = LIMIT
) -> list[Suggestion]:
    """`SimilarCases.suggest` for cases that are asked about once."""
    return SimilarCases.build(open_cases).suggest(text, place, limit)


def _same_place(one: str, other: str) -> bool:
    return one in other or other in one
