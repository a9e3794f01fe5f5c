"""What a question asks: its subject, the part of an entry it wants, and the documents' terms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.language import Language
from knowledge.numbers import other_writings
from knowledge.text import HAN, normalise

_RUNS = re.compile(rf"[{HAN}a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Query:
    """`text` normalised; `expansions` pairs of everyday term heard and document term added.

    `aspect` is the name of the part asked for, or None; `subject` the runs of characters left
    when the ways of asking and the light words are taken away; `matters` the names of matters in
    the question.
    """

    text: str
    expansions: tuple[tuple[str, str], ...]
    aspect: str | None
    subject: tuple[str, ...]
    matters: tuple[str, ...] = ()


@lru_cache(maxsize=8)
def _asking(language: Language) -> tuple[frozenset[str], tuple[int, ...]]:
    """The words of asking, and their lengths, longest first."""
    cues = frozenset(cue for aspect in language.aspects for cue in aspect.cues)
    words = cues | language.light
    return words, tuple(sorted({len(word) for word in words}, reverse=True))


def understand(question: str, language: Language) -> Query:
    """The question as the engine searches it."""
    text = normalise(question)
    expansions = (*_expansions(text, language), *other_writings(text))
    matters = tuple(sorted(matter for matter in language.matters if matter in text))
    return Query(text, expansions, _aspect(text, language), _subject(text, language), matters)


def _expansions(text: str, language: Language) -> tuple[tuple[str, str], ...]:
    """Document terms for the everyday terms heard; of terms one inside the other the longer."""
    heard = [pair for pair in language.terms if pair[0] in text]
    words = {word for word, _ in heard} | {term for _, term in language.terms if term in text}
    inner = {word for word in words for other in words if word != other and word in other}
    return tuple((word, term) for word, term in heard if word not in inner and term not in text)


def _aspect(text: str, language: Language) -> str | None:
    """The aspect whose longest cue is in the text; the earlier aspect where cues are as long."""
    best, length = None, 0
    for aspect in language.aspects:
        heard = max((len(cue) for cue in aspect.cues if cue in text), default=0)
        if heard > length:
            best, length = aspect.name, heard
    return best


def _subject(text: str, language: Language) -> tuple[str, ...]:
    runs = tuple(_RUNS.findall(_left(text, *_asking(language))))
    return () if language.residue.issuperset(runs) else runs


def _left(text: str, words: frozenset[str], lengths: Sequence[int]) -> str:
    """`text` with spaces for words of asking, so laid that the least is left over.

    Of 在哪里办 nothing is left (在 哪里 办), where the longest first (在哪) would leave 里.
    """
    left = [0] * (len(text) + 1)
    step = [0] * len(text)
    for place in reversed(range(len(text))):
        left[place] = left[place + 1] + 1
        for length in lengths:
            end = place + length
            if end <= len(text) and left[end] < left[place] and text[place:end] in words:
                left[place], step[place] = left[end], length
    kept, place = [], 0
    while place < len(text):
        kept.append(" " if step[place] else text[place])
        place += step[place] or 1
    return "".join(kept)
