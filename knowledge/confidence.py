"""How sure the engine is that a document answers a question.

What is looked at: `named`, how much of the question's subject (by rarity) the document's name and
aliases have, or in a long document the passage; `matched`, how much rare subject it has at all;
`ahead`, how far its score is before the next document's (all 0–1); `foreign`, whether the question
names a matter that the document nowhere does. A logistic function joins them. Coefficients and
thresholds were fitted on one half of the project's own questions and checked on the other;
docs/knowledge.md has the figures.
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

    def confidence(self) -> float:
        """The probability, as fitted, that the document is the right one."""
        weight = _BIAS + _NAMED * self.named + _MATCHED * self.matched + _AHEAD * self.ahead
        return 1 / (1 + math.exp(-weight - _FOREIGN * self.foreign))


@dataclass(frozen=True, slots=True)
class Subject:
    """The pieces (two characters, or one alone) of a question's subject and their rarity."""

    pieces: tuple[str, ...]
    rarity: tuple[float, ...]
    expansions: tuple[tuple[str, str], ...]
    matters: tuple[str, ...]

    @classmethod
    def of(cls, query: Query, pairs: Bm25) -> Subject:
        """Cut the subject; a piece that no document has is as rare as can be."""
        pieces = tuple(dict.fromkeys(piece for run in query.subject for piece in _cut(run)))
        return cls(pieces, _rarity(pieces, pairs), query.expansions, query.matters)

    def share_in(self, text: str) -> float:
        """How much of the subject, by rarity, the normalised `text` has (0–1)."""
        total = sum(self.rarity)
        return self._weight_in(text) / total if total else 0.0

    def matched_in(self, text: str) -> float:
        """How much rare subject the normalised `text` has (0–1, 1 is plenty)."""
        return min(1.0, self._weight_in(text) / _ENOUGH)

    def foreign_to(self, text: str) -> bool:
        """Whether the question names a matter that the text nowhere does."""
        meant = [heard for heard, term in self.expansions if term in text]
        return any(
            matter not in text and not any(matter in heard for heard in meant)
            for matter in self.matters
        )

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
