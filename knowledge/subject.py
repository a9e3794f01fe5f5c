"""What a question is about, cut into pieces, and how much of it a text has.

A piece counts by its rarity among the passages; one that only sounds the same counts a little less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from knowledge.bm25 import Bm25
from knowledge.query import Query
from knowledge.terms import CharacterPairs, sound

_ENOUGH = 15.0  # summed rarity (nats) above which more matched subject says no more
_HOMOPHONE = 0.7  # what a pair counts that only sounds the same


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

    def incidental_to(self, text: str, names: str) -> bool:
        """Whether the question names a matter that the text has, but not where it names its own."""
        return any(matter in text and matter not in names for matter in self.matters)

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
