"""What a text is compared by: its words, its pairs of characters and those of its headline."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from intents.normalise import normalise
from intents.tokens import Words, dictionary

_SENTENCE = re.compile(r"[^。！？!?\n]+")
_WORD = re.compile("[一-鿿a-z0-9]{2,}$")
_LONG_NUMBER = re.compile(r"\d{5,}")
_HAN = re.compile("[一-鿿]{2,}")
_DOT = re.compile("(?<=[一-鿿])[.·•](?=[一-鿿])")  # as in 伊景园·滨河苑
_HEADLINE = 40


@dataclass(frozen=True, slots=True)
class Terms:
    """A text taken apart. `sequence` is all words in order; the others count what is compared."""

    sequence: tuple[str, ...]
    words: Counter[str]
    pairs: Counter[str]
    headline: Counter[str]


def terms_of(text: str, title: str = "") -> Terms:
    """Takes `text` apart; its headline is `title` or its first sentence."""
    head = normalise(title or headline(text))
    plain = _DOT.sub("", normalise(text if head in normalise(text) else f"{title}。{text}"))
    sequence = tuple(shipped_words().cut(plain))
    words = Counter(w for w in sequence if _WORD.match(w) and not _LONG_NUMBER.match(w))
    return Terms(sequence, words, _pairs(plain), _pairs(head))


def headline(text: str) -> str:
    """The first sentence of `text`, at most forty characters."""
    first = _SENTENCE.search(text.strip())
    return first[0].strip()[:_HEADLINE] if first else ""


@cache
def shipped_words() -> Words:
    """The tokenizer with its general dictionary; read once."""
    return Words(dictionary(()))


def _pairs(plain: str) -> Counter[str]:
    return Counter(run[at : at + 2] for run in _HAN.findall(plain) for at in range(len(run) - 1))
