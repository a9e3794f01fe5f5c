"""What the classifier sees of a text: five views, each a bag of short strings.

characters  single characters and pairs of neighbours
words       words, and the shorter words inside long ones
sounds      pairs and triples of syllables without tones (homophones, voice transcripts)
concepts    kinds of words (`borrow`, `city`, `illness`), so that a few examples teach many words
flags       length, question, digits, first and last words
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from intents.normalise import normalise
from intents.tokens import Words

WEIGHTS: Mapping[str, float] = {
    "characters": 1.0,
    "words": 1.0,
    "sounds": 0.5,
    "concepts": 0.5,
    "flags": 0.3,
}

LEXICAL: Mapping[str, float] = dict.fromkeys(WEIGHTS, 0.0) | {"characters": 1.0, "words": 1.0}
"""The views that know nothing of this project's subject: for tasks with enough examples."""

_DIGITS = re.compile(r"\d+")
_CODES = re.compile(r"[a-z]+\d+(?=[市县区镇乡村])")
_QUESTION = re.compile(
    r"[?吗么呢]|怎么|怎样|如何|多少|哪|什么|几[点号个时]|能不能|可不可以|是否|啥"
)
_LENGTHS = (4, 8, 14, 24, 48, 96)
_AT_HAND = 16


class Featuriser:
    """Turns texts into the five bags of strings; immutable, thread-safe."""

    def __init__(
        self, words: Words, syllables: Mapping[str, str], concepts: Mapping[str, str]
    ) -> None:
        self._words = words
        self._syllables = syllables
        self._concepts = concepts
        self._lengths = _lengths_by_first(concepts)
        # intent and category are asked about the same words, one after the other
        self.plain_views = lru_cache(_AT_HAND)(self._plain_views)

    def views(self, text: str) -> tuple[list[str], ...]:
        """The features of `text` in the order of WEIGHTS, repeated as often as they occur."""
        return self.plain_views(normalise(text))

    def _plain_views(self, text: str) -> tuple[list[str], ...]:
        """The same for a text in normal form; `plain_views` keeps the last few."""
        plain = _DIGITS.sub("0", _CODES.sub("", text))
        words = self._words.search(plain)
        dense = plain.replace(" ", "")
        return (
            _grams(f"^{dense}$"),
            words,
            self._sounds(dense),
            self.concepts(dense),
            _flags(dense),
        )

    def concepts(self, text: str) -> list[str]:
        """The concepts of the longest known words of a plain text, and pairs of neighbours."""
        known, lengths = self._concepts, self._lengths
        found: list[str] = []
        free = 0
        for start, char in enumerate(text):
            if start < free or char not in lengths:
                continue
            for length in lengths[char]:
                concept = known.get(text[start : start + length])
                if concept is not None:
                    found.append(concept)
                    free = start + length
                    break
        return [*found, *map(" ".join, pairwise(found))]

    def _sounds(self, text: str) -> list[str]:
        known = self._syllables
        heard = [known[char] for char in text if char in known]
        return [
            *map(" ".join, pairwise(heard)),
            *map(" ".join, zip(heard, heard[1:], heard[2:], strict=False)),
        ]


def _lengths_by_first(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return {char: tuple(sorted(known, reverse=True)) for char, known in lengths.items()}


def _grams(text: str) -> list[str]:
    return [*text[1:-1], *map("".join, pairwise(text))]


def _flags(text: str) -> list[str]:
    flags = [f"length {sum(len(text) > limit for limit in _LENGTHS)}", f"first {text[:2]}"]
    flags.append(f"last {text[-2:]}")
    if _QUESTION.search(text):
        flags.append("question")
    if "0" in text:
        flags.append("digits")
    return flags
