"""How sure the engine is that a document answers a question.

What is looked at: `named`, how much of the question's subject (by rarity) the document's name and
aliases have, or in a long document the passage; `matched`, how much rare subject it has at all;
`ahead`, how far its score is before the next document's (all 0–1); `foreign`, whether the question
names a matter that the document nowhere does. A logistic function joins them. Four things hold a
document back from answering, not from being offered, however far ahead it is: too little of the
subject named, matched or `covered`, its share in the text (in a small base anything is ahead);
`shared`, other names having all of the subject as well; `outnamed`, another document's name fitting
the question better than its own; `incidental`, a matter named in the question that the document has
in its text only, as a paper to bring or a place to go. Coefficients and thresholds were fitted on
one half of the project's own questions and checked on the other; docs/knowledge.md has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from knowledge.bm25 import Bm25
from knowledge.query import Query
from knowledge.terms import CharacterPairs, sound

ANSWER = 0.7
CHOOSE = 0.2
GROUNDED, _RELATED = 0.3, 0.15  # of `named` or `matched`, to answer and to be offered
_COVERED = 0.75  # what `covered` counts beside them
_UNSURE, _UNRELATED = 0.65, 0.15  # the most confidence below these
_BIAS, _NAMED, _AHEAD, _MATCHED, _FOREIGN = -3.1, 3.5, 4.2, 3.1, -4.3
_ENOUGH = 15.0  # summed rarity (nats) above which more matched subject says no more
_HOMOPHONE = 0.7  # what a pair counts that only sounds the same


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a document."""

    named: float
    matched: float
    ahead: float
    foreign: bool = False
    shared: bool = False
    covered: float = 0.0
    incidental: bool = False
    outnamed: bool = False

    @property
    def related(self) -> bool:
        """Whether the document may be offered as one of the choices."""
        return self._held() >= _RELATED and not self.foreign

    def confidence(self) -> float:
        """The probability, as fitted, that the document is the right one; below ANSWER where the
        document has too little of the subject, shares its name, or another is better named.
        """
        fitted = self._fitted()
        if self._held() < _RELATED:
            return min(fitted, _UNRELATED)
        doubtful = self.shared or self.outnamed or self.incidental
        clear = self._held() >= GROUNDED and not doubtful
        return fitted if clear else min(fitted, _UNSURE)

    def _held(self) -> float:
        return max(self.named, self.matched, _COVERED * self.covered)

    def _fitted(self) -> float:
        weight = _BIAS + _NAMED * self.named + _MATCHED * self.matched + _AHEAD * self.ahead
        return 1 / (1 + math.exp(-weight - _FOREIGN * self.foreign))


@dataclass(frozen=True, slots=True)
class Subject:
    """The pieces (two characters, or one alone) of a question's subject and their rarity.

    `names` are the subject as a whole and the documents' terms for it.
    """

    pieces: tuple[str, ...]
    rarity: tuple[float, ...]
    expansions: tuple[tuple[str, str], ...]
    matters: tuple[str, ...]
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Query, pairs: Bm25) -> Subject:
        """Cut the subject; a piece that no document has is as rare as can be."""
        pieces = tuple(dict.fromkeys(piece for run in query.subject for piece in _cut(run)))
        names = ("".join(query.subject), *(term for _, term in query.expansions))
        return cls(pieces, _rarity(pieces, pairs), query.expansions, query.matters, names)

    def share_in(self, text: str) -> float:
        """How much of the subject, by rarity, the normalised `text` has (0–1)."""
        total = sum(self.rarity)
        return self._weight_in(text) / total if total else 0.0

    def matched_in(self, text: str) -> float:
        """How much rare subject the normalised `text` has (0–1, 1 is plenty)."""
        return min(1.0, self._weight_in(text) / _ENOUGH)

    def is_name_in(self, head: str) -> bool:
        """Whether the subject is one of the names, each on a line."""
        return not set(self.names).isdisjoint(head.split("\n"))

    def foreign_to(self, text: str) -> bool:
        """Whether the question names a matter that the text nowhere does."""
        meant = [heard for heard, term in self.expansions if term in text]
        return any(
            matter not in text and not any(matter in heard for heard in meant)
            for matter in self.matters
        )

    def incidental_to(self, text: str, name: str) -> bool:
        """Whether the question names a matter that the text has, but not among its names."""
        return any(matter in text and matter not in name for matter in self.matters)

    def _weight_in(self, text: str) -> float:
        meant = "|".join(heard for heard, term in self.expansions if term in text)
        sounds = _sounds(text)
        found = (_weight(piece, text, sounds, meant) for piece in self.pieces)
        return sum(map(float.__mul__, self.rarity, found))


def _cut(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(max(len(run) - 1, 1))]


def _rarity(pieces: Sequence[str], pairs: Bm25) -> tuple[float, ...]:
    """The idf of each pair; a single character counts like a common pair."""
    keys, owners = CharacterPairs().batch(pieces)
    weights = np.full(len(pieces), 2.0)
    weights[owners] = pairs.rarity(keys)
    return tuple(weights.tolist())


def _weight(piece: str, text: str, sounds: str, meant: str) -> float:
    if piece in text or piece in meant:
        return 1.0
    return _HOMOPHONE if len(piece) == 2 and _sounds(piece) in sounds else 0.0


@lru_cache(maxsize=4096)
def _sounds(text: str) -> str:
    return "|" + "".join(f"{sound(character)}|" for character in text)
