"""What a resident wants: the trained model behind the rules that come before and after it.

Danger is recognised by rule first. What the classifier finds unlikely in every label is rejected
as out_of_scope; what it finds likely but not clearly ahead of the next is marked `unsure`, so that
the dialogue offers choices instead of acting (the two-stage fallback).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intents import model_file
from intents.civic import Ranking, tempered
from intents.emergency import emergency
from intents.features import WEIGHTS, Featuriser
from intents.linear import Views
from intents.model_file import Stored
from intents.normalise import normalise
from intents.thresholds import Thresholds
from intents.tokens import Words

OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"
CONCEPTS = list(WEIGHTS).index("concepts")
_BY_RULE = 0.99
_CHUNK = 256


@dataclass(frozen=True)
class Decision:
    """What `text` asks for.

    `intent` is out_of_scope where the text was rejected; `confidence` is the probability of
    `intent`; `ranking` holds every label with its probability, best first. `unsure` asks for a
    choice among the first of the ranking instead of an action.
    """

    text: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    unsure: bool


@dataclass(frozen=True)
class CategoryGuess:
    """The issue category `text` belongs to, by code, with its group and the ranking of codes."""

    text: str
    category: str
    group: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]


class Understander:
    """Classifies texts by intent and by issue category; immutable after loading, thread-safe."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._features = Featuriser(Words(stored.words), stored.syllables, stored.concepts)

    @classmethod
    def load(cls, directory: Path) -> Understander:
        """From a directory that `train` wrote, or the one in use among several kept by `store`.

        ModelError when it cannot be trusted.
        """
        return cls(model_file.load(model_file.in_use(directory)))

    @property
    def intents(self) -> tuple[str, ...]:
        return self._stored.intents.labels

    def classify(self, text: str) -> Decision:
        plain = normalise(text)
        views = self._features.plain_views(plain)
        return self._decided(text, plain, views, self._stored.intents.ranking(views))

    def classify_many(self, texts: Sequence[str]) -> list[Decision]:
        """The decisions of `classify`, several times as fast."""
        return [
            decision
            for start in range(0, len(texts), _CHUNK)
            for decision in self._classify_chunk(texts[start : start + _CHUNK])
        ]

    def _classify_chunk(self, texts: Sequence[str]) -> list[Decision]:
        plain = [normalise(text) for text in texts]
        views = [self._features.plain_views(text) for text in plain]
        rankings = self._stored.intents.rankings(views)
        return list(map(self._decided, texts, plain, views, rankings))

    def _decided(self, text: str, plain: str, views: Views, ranking: Ranking) -> Decision:
        if not text.strip():
            ranked = _promoted(ranking, OUT_OF_SCOPE)
            return Decision(text, OUT_OF_SCOPE, _BY_RULE, ranked, unsure=False)
        if emergency(text) is not None:
            return Decision(text, EMERGENCY, _BY_RULE, _promoted(ranking, EMERGENCY), unsure=False)
        ranking = tempered(plain, views[CONCEPTS], ranking)
        return decide(text, ranking, self._stored.thresholds)

    def categorise(self, text: str) -> CategoryGuess:
        ranking = self._stored.categories.ranking(self._features.views(text))
        code, confidence = ranking[0]
        return CategoryGuess(text, code, self._stored.groups[code], confidence, ranking)


def decide(text: str, ranking: Ranking, thresholds: Thresholds) -> Decision:
    """The decision a ranking leads to; what is unlikely in every label is not acted upon."""
    (first, confidence), (_, second) = ranking[:2]
    if confidence < thresholds.reject and first != OUT_OF_SCOPE:
        return Decision(text, OUT_OF_SCOPE, dict(ranking)[OUT_OF_SCOPE], ranking, unsure=True)
    unsure = confidence < thresholds.sure or confidence - second < thresholds.margin
    return Decision(text, first, confidence, ranking, unsure)


def _promoted(ranking: Ranking, label: str) -> Ranking:
    left = 1.0 - _BY_RULE
    others = [(name, chance) for name, chance in ranking if name != label]
    total = sum(chance for _, chance in others) or 1.0
    return ((label, _BY_RULE), *((name, chance * left / total) for name, chance in others))
