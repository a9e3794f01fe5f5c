"""What the classifier sees of a text: four views, each a bag of short strings.

characters  pairs and triples of neighbouring characters, and single ones
words       words, the words inside long words, and pairs of neighbouring words
sounds      pairs and triples of syllables without tones (homophones, voice transcripts)
flags       length, question, digits, first and last words
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from intents.normalise import normalise
from intents.tokens import Words

VIEWS = ("characters", "words", "sounds", "flags")
WEIGHTS: Mapping[str, float] = {"characters": 1.0, "words": 1.0, "sounds": 0.5, "flags": 0.3}

_DIGITS = re.compile(r"\d+")
_CODES = re.compile(r"[a-z]+\d+(?=[市县区镇乡村])")
_QUESTION = re.compile(
    r"[?吗么呢]|怎么|怎样|如何|多少|哪|什么|几[点号个时]|能不能|可不可以|是否|啥"
)
_LENGTHS = (4, 8, 14, 24, 48, 96)


class Featuriser:
    """Turns texts into the four bags of strings; immutable, thread-safe."""

    def __init__(self, words: Words, syllables: Mapping[str, str]) -> None:
        self._words = words
        self._syllables = syllables

    def views(self, text: str) -> tuple[list[str], list[str], list[str], list[str]]:
        """The features of `text` in the order of VIEWS, repeated as often as they occur."""
        plain = _DIGITS.sub("0", _CODES.sub("", normalise(text)))
        words = self._words.search(plain)
        dense = plain.replace(" ", "")
        return _grams(f"^{dense}$"), words, self._sounds(dense), _flags(dense)

    def _sounds(self, text: str) -> list[str]:
        known = self._syllables
        heard = [known[char] for char in text if char in known]
        pairs = [f"{a} {b}" for a, b in zip(heard, heard[1:], strict=False)]
        return pairs + [f"{a} {b}" for a, b in zip(pairs, heard[2:], strict=False)]


def _grams(text: str) -> list[str]:
    return [*text[1:-1], *map("".join, zip(text, text[1:], strict=False))]


def _flags(text: str) -> list[str]:
    flags = [f"length {sum(len(text) > limit for limit in _LENGTHS)}", f"first {text[:2]}"]
    flags.append(f"last {text[-2:]}")
    if _QUESTION.search(text):
        flags.append("question")
    if "0" in text:
        flags.append("digits")
    return flags
