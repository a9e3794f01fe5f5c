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
from intents.civic import tempered
from intents.emergency import emergency
from intents.features import Featuriser
from intents.model_file import Stored
from intents.normalise import normalise
from intents.tokens import Words

OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"
SURE = 0.55
MARGIN = 0.2
_BY_RULE = 0.99


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
        ranking = self._stored.intents.ranking(self._features.plain_views(plain))
        if not text.strip():
            ranked = _promoted(ranking, OUT_OF_SCOPE)
            return Decision(text, OUT_OF_SCOPE, _BY_RULE, ranked, unsure=False)
        if emergency(text) is not None:
            return Decision(text, EMERGENCY, _BY_RULE, _promoted(ranking, EMERGENCY), unsure=False)
        ranking = tempered(plain, self._features.concepts(plain), ranking)
        return decide(text, ranking, self._stored.reject)

    def classify_many(self, texts: Sequence[str]) -> list[Decision]:
        return [self.classify(text) for text in texts]

    def categorise(self, text: str) -> CategoryGuess:
        ranking = self._stored.categories.ranking(self._features.views(text))
        code, confidence = ranking[0]
        return CategoryGuess(text, code, self._stored.groups[code], confidence, ranking)


def decide(text: str, ranking: tuple[tuple[str, float], ...], reject: float) -> Decision:
    """The decision a ranking leads to; below the probability `reject` nothing is acted upon."""
    (first, confidence), (_, second) = ranking[:2]
    if confidence < reject and first != OUT_OF_SCOPE:
        return Decision(text, OUT_OF_SCOPE, dict(ranking)[OUT_OF_SCOPE], ranking, unsure=True)
    unsure = confidence < SURE or confidence - second < MARGIN
    return Decision(text, first, confidence, ranking, unsure)


def _promoted(ranking: tuple[tuple[str, float], ...], label: str) -> tuple[tuple[str, float], ...]:
    left = 1.0 - _BY_RULE
    others = [(name, chance) for name, chance in ranking if name != label]
    total = sum(chance for _, chance in others) or 1.0
    return ((label, _BY_RULE), *((name, chance * left / total) for name, chance in others))
