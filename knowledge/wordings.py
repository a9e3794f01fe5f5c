"""How people ask for each document: wordings kept with it, and how near a question is to them.

Every name, alias and wording (`Document.asked`) is a short text of its own. Nearness is the cosine
of both texts over words, character pairs, characters and syllable pairs, each term weighted by its
rarity among the wordings; words that say little about the subject count for little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.bm25 import Bm25, Floats
from knowledge.language import Language
from knowledge.retrieval import Analyser, Asked, analyser_of
from knowledge.text import normalise

MIXTURE = {"words": 1.0, "pairs": 1.0, "syllables": 0.5, "characters": 1.0}
_FEW = 3


@dataclass(frozen=True, slots=True)
class Wordings:
    """An index of short texts, those of document `i` from `first[i]` up to `first[i + 1]`."""

    parts: dict[str, Bm25]
    first: NDArray[np.int64]

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]], analyser: Analyser) -> Wordings:
        """Index the texts of each document, at least one, in the order of the documents."""
        first = np.cumsum([0, *map(len, texts)])
        flat = [normalise(text) for of in texts for text in of]
        parts = {}
        for space in analyser.spaces:
            keys, rows = space.batch(flat)
            found = Bm25.build(keys, rows, len(flat), k1=0.0, b=0.0)
            light = np.repeat(analyser.lightness(space.name, found.terms), np.diff(found.columns))
            parts[space.name] = replace(found, weights=found.weights * light)
        lengths = sum(
            MIXTURE[name] * np.bincount(part.rows, part.weights**2, minlength=len(flat))
            for name, part in parts.items()
        )
        norm = np.sqrt(np.maximum(lengths, 1e-9)).astype(np.float32)
        scaled = {
            name: replace(part, weights=part.weights / norm[part.rows])
            for name, part in parts.items()
        }
        return cls(scaled, first)

    def nearness(self, asked: dict[str, Asked]) -> Floats:
        """How near the question is to each text (0–1)."""
        total = np.zeros(int(self.first[-1]), dtype=np.float32)
        length = 0.0
        for name, part in self.parts.items():
            weights = self.weighed(name, asked)
            length += float(weights @ weights)
            total += MIXTURE[name] ** 0.5 * part.scores(asked[name].keys, weights)
        return np.asarray(total / max(length, 1e-9) ** 0.5, dtype=np.float32)

    def weighed(self, name: str, asked: dict[str, Asked]) -> Floats:
        """The weights of a question's terms in one space, by their rarity."""
        rarity = self.parts[name].rarity(asked[name].keys)
        weights: Floats = rarity * asked[name].weights * np.float32(MIXTURE[name] ** 0.5)
        return weights

    def best(self, near: Floats) -> Floats:
        """The nearest text of each document, by what `nearness` gave."""
        return np.maximum.reduceat(near, self.first[:-1])

    def usual(self, near: Floats, document: int) -> float:
        """The mean of the nearest few texts of one document."""
        own = near[self.first[document] : self.first[document + 1]]
        return float(np.sort(own)[-_FEW:].mean())


@lru_cache(maxsize=4)
def other_matters(language: Language) -> Wordings:
    """The questions of a language about matters that the documents may not have."""
    return Wordings.build([language.elsewhere], analyser_of(language))
