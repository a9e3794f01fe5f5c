"""The joined index: words, character pairs, characters and syllable pairs, one sum of scores.

The settings were chosen on 757 lay questions about 1 445 articles of law and checked on halves;
docs/knowledge.md has the figures of what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from knowledge.bm25 import Bm25, Floats
from knowledge.language import Language
from knowledge.query import Query
from knowledge.terms import CharacterPairs, Characters, Space, SyllablePairs, Words

K1 = 1.5
B = 0.95
LIGHT_WEIGHT = 0.3  # of words that say little about the subject
EXPANSION_WEIGHT = 0.5  # of document terms added for everyday terms
MIXTURE = {"words": 1.0, "pairs": 0.7, "syllables": 0.5, "characters": 1.5}

_PAIRED = {"pairs", "syllables"}
_LANGUAGES = 4  # whose analysers are kept, 65 MB each
_MAKING = Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """The distinct terms of a question in one space, with their weights."""

    keys: NDArray[np.int64]
    weights: Floats


class Analyser:
    """Turns texts and questions into terms; holds the tokeniser, no documents.

    Nothing changes after it is made, so that bases and threads share one: `analyser_of`.
    """

    def __init__(self, language: Language) -> None:
        vocabulary = {term for pair in language.terms for term in pair}
        self.spaces: tuple[Space, ...] = (
            Words(sorted(vocabulary)),
            CharacterPairs(),
            SyllablePairs(),
            Characters(),
        )
        light = sorted(language.light)
        self._light = {space.name: self._light_keys(space, light) for space in self.spaces}

    @staticmethod
    def _light_keys(space: Space, light: Sequence[str]) -> NDArray[np.int64]:
        """Keys of the light words: those that are one term, and all pairs inside longer ones."""
        keys, owners = space.batch(light)
        single = np.bincount(owners, minlength=len(light)) == 1
        return np.unique(keys if space.name in _PAIRED else keys[single[owners]])

    def ask(self, query: Query) -> dict[str, Asked]:
        """The weighted terms of a question in every space."""
        texts = [query.text, *(term for _, term in query.expansions)]
        return {space.name: self._ask(space, texts) for space in self.spaces}

    def lightness(self, space: str, keys: NDArray[np.int64]) -> Floats:
        """The weight of each term by itself: less where it says little about the subject."""
        light = np.isin(keys, self._light[space])
        return np.where(light, LIGHT_WEIGHT, 1.0).astype(np.float32)

    def _ask(self, space: Space, texts: Sequence[str]) -> Asked:
        found, owners = space.batch(texts)
        keys, place = np.unique(found, return_inverse=True)
        own = np.zeros(len(keys), dtype=np.bool_)
        own[place[owners == 0]] = True
        weights = np.where(own, 1.0, EXPANSION_WEIGHT)
        weights[own & np.isin(keys, self._light[space.name])] = LIGHT_WEIGHT
        return Asked(keys, weights.astype(np.float32))


@lru_cache(maxsize=_LANGUAGES)
def _made(language: Language) -> Analyser:
    return Analyser(language)


def analyser_of(language: Language) -> Analyser:
    """The one analyser of a language; threads that ask at the same time wait for it."""
    with _MAKING:
        return _made(language)


class JoinedIndex:
    """One BM25 index for each space over the same texts."""

    def __init__(self, parts: dict[str, Bm25]) -> None:
        self.parts = parts

    @classmethod
    def build(cls, texts: Sequence[str], analyser: Analyser) -> JoinedIndex:
        """Index normalised `texts`."""
        parts = {}
        for space in analyser.spaces:
            keys, owners = space.batch(texts)
            parts[space.name] = Bm25.build(keys, owners, len(texts), k1=K1, b=B)
        return cls(parts)

    def scores(self, asked: dict[str, Asked]) -> Floats:
        """The joined score of every text."""
        columns = [
            MIXTURE[name] * part.scores(asked[name].keys, asked[name].weights)
            for name, part in self.parts.items()
        ]
        return np.asarray(np.sum(columns, axis=0), dtype=np.float32)

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays."""
        return sum(part.nbytes for part in self.parts.values())
