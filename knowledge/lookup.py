"""Finding lines of small public tables by what a question is about: no index, at most some hundred.

A line counts by how much of the question's subject it has, in pairs of characters weighted by
rarity (the logarithm of lines over lines that have the pair).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.language import Language, shipped_language
from knowledge.query import Query, understand
from knowledge.text import normalise

ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is searched: its name counts twice as much as its text."""

    name: str
    text: str = ""


def find(
    question: str, lines: Sequence[Line], *, limit: int = 3, language: Language | None = None
) -> list[tuple[int, float]]:
    """Places of the lines that have at least half of the subject, with the share (0–1), best
    first; nothing for a question without a subject.
    """
    query = understand(question, language or shipped_language())
    pieces = _pieces(query)
    if not pieces:
        return []
    texts = [normalise(f"{line.name}\n{line.text}") for line in lines]
    names = [normalise(line.name) for line in lines]
    weights = {piece: _rarity(piece, texts) for piece in pieces}
    total = sum(weights.values())
    shares = [_held(weights, text) / total for text in texts]
    named = [_held(weights, name) / total for name in names]
    order = sorted(range(len(lines)), key=lambda n: (-shares[n] - named[n], n))
    return [(n, round(shares[n], 4)) for n in order if shares[n] >= ENOUGH][:limit]


def _pieces(query: Query) -> tuple[str, ...]:
    """The pairs of characters of the subject; a single character stands for itself."""
    pairs = [
        run[start : start + 2] for run in query.subject for start in range(max(len(run) - 1, 1))
    ]
    return tuple(dict.fromkeys(pairs))


def _rarity(piece: str, texts: Sequence[str]) -> float:
    return math.log(1 + (len(texts) + 1) / (1 + sum(piece in text for text in texts)))


def _held(weights: dict[str, float], text: str) -> float:
    return sum(weight for piece, weight in weights.items() if piece in text)
