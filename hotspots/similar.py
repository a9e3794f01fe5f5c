"""Open cases that a new report may be a duplicate of: the same place and a like text.

What a word weighs was learned from the shipped texts of reports: a comparison then depends on two
texts alone, not on what else happens to be open, and each text is taken apart only once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TypeAlias

from hotspots.likeness import TEXT_SHARES, text_kinds
from hotspots.records import OpenCase, Suggestion
from hotspots.terms import terms_of
from hotspots.vectors import COMMON, FEW, telling
from intents.examples import read_csv
from intents.normalise import normalise
from intents.sources import CATEGORY_EXAMPLES, EXAMPLES, read_terms

THRESHOLD = 0.23  # chosen on half of the matters of bench/hotspots.py
LIMIT = 3
_UNKNOWN_PLACE = 1.2  # times the threshold where the place cannot speak for it
_REMEMBERED = 2048  # texts; about 8 KB each
_RARE = 8  # reports; a name that is in fewer is not the more telling for it

Vector: TypeAlias = Mapping[str, float]


class Rarity:
    """How much a term of one kind tells: weighted as in `hotspots.vectors`, with the document
    frequencies of a collection of texts.
    """

    def __init__(self, texts: Sequence[Mapping[str, int]]) -> None:
        total = len(texts)
        found = Counter(term for terms in texts for term in terms)
        self._unknown = telling(total, _RARE)
        self._weights = {
            term: telling(total, count) if count <= COMMON * (FEW + total) else 0.0
            for term, count in found.items()
            if count > _RARE
        }

    def vector(self, counts: Mapping[str, int], share: float) -> Vector:
        """Terms and their weights, of length √`share`; empty where nothing tells anything."""
        weights = {
            term: (1 + math.log(count)) * weight
            for term, count in counts.items()
            if (weight := self._weights.get(term, self._unknown))
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()) / share)
        return {term: weight / length for term, weight in weights.items()}


@cache
def shipped_rarity() -> tuple[Rarity, ...]:
    """What the shipped examples of reports teach, in the order of `TEXT_SHARES`; half a second
    when first asked for.
    """
    told = [example.text for example in read_csv(CATEGORY_EXAMPLES)]
    told += read_terms(EXAMPLES / "report_issue.txt")
    return tuple(Rarity(counts) for counts in text_kinds([terms_of(text) for text in told]))


@lru_cache(_REMEMBERED)
def _vectors(text: str) -> tuple[Vector, ...]:
    kinds = zip(shipped_rarity(), text_kinds([terms_of(text)]), TEXT_SHARES, strict=True)
    return tuple(rarity.vector(counts[0], share) for rarity, counts, share in kinds)


@lru_cache(_REMEMBERED)
def _plain(place: str) -> str:
    return normalise(place)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0–1: the cosines of their words, pairs of characters and pairs of
    the headline, by their shares.
    """
    total = 0.0
    for mine, theirs in zip(_vectors(one), _vectors(other), strict=True):
        total += sum(mine[term] * theirs[term] for term in mine.keys() & theirs.keys())
    return total


def suggest(
    text: str,
    place: str,
    open_cases: Sequence[OpenCase],
    limit: int = LIMIT,
    threshold: float = THRESHOLD,
) -> list[Suggestion]:
    """At most `limit` cases like `text` from `threshold` on, the most like first.

    Only cases at the same place: one of the two places contains the other, as a name (丽发新城
    in 丽发新城小区) or as a path in the tree of places; an unknown place may be any, but
    then the texts must be more alike.
    """
    here = _plain(place)
    found = []
    for case in open_cases:
        there = _plain(case.place)
        least = threshold if here and there else _UNKNOWN_PLACE * threshold
        if _same_place(here, there) and (score := likeness(text, case.text)) >= least:
            found.append(Suggestion(case.id, round(score, 4)))
    return sorted(found, key=lambda case: (-case.score, case.id))[:limit]


def _same_place(one: str, other: str) -> bool:
    return one in other or other in one
