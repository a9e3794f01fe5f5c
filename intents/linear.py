"""A linear classifier over named features, small and quick enough to score one text in plain code.

Each view of a text becomes a vector of length one: (1 + log count) · log((1 + n) / (1 + df)) + 1
per feature (the smoothed tf-idf of scikit-learn), times the weight of the view. A text's scores
are the sums of the weights of its features; softmax of the scores over a temperature gives
probabilities (temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", 2017).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

Views = Sequence[Sequence[str]]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """The known features of each view, numbered through, with their inverse document frequency."""

    features: tuple[Mapping[str, int], ...]
    idf: Floats
    weights: tuple[float, ...]

    @classmethod
    def learn(cls, texts: Sequence[Views], weights: Sequence[float]) -> Vocabulary:
        """From the views of the training texts; features are numbered in sorted order."""
        features: list[dict[str, int]] = []
        frequency: list[int] = []
        for view in range(len(weights)):
            seen = Counter(name for views in texts for name in set(views[view]))
            names = sorted(seen)
            features.append({name: len(frequency) + i for i, name in enumerate(names)})
            frequency += [seen[name] for name in names]
        idf = np.log((1 + len(texts)) / (1 + np.asarray(frequency))) + 1
        return cls(tuple(features), idf.astype(np.float32), tuple(weights))

    def vector(self, views: Views) -> tuple[list[int], Floats]:
        """Numbers of the known features of one text and their values."""
        columns: list[int] = []
        values: list[Floats] = []
        for known, weight, view in zip(self.features, self.weights, views, strict=True):
            counts: dict[int, int] = {}
            for name in view:
                column = known.get(name)
                if column is not None:
                    counts[column] = counts.get(column, 0) + 1
            if counts:
                columns += counts
                values.append(self._unit(counts, weight))
        return columns, np.concatenate(values) if values else np.zeros(0, np.float32)

    def _unit(self, counts: Mapping[int, int], weight: float) -> Floats:
        value = self.idf[list(counts)]
        if len(counts) != sum(counts.values()):
            value = value * np.array([1 + log(n) for n in counts.values()], np.float32)
        scaled: Floats = value * np.float32(weight / np.sqrt(value @ value))
        return scaled


@dataclass(frozen=True)
class LinearModel:
    """Labels, vocabulary, one row of weights per feature, a bias per label, and the temperature."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    temperature: float

    def scores(self, views: Views) -> Floats:
        """One score a label."""
        columns, values = self.vocabulary.vector(views)
        total: Floats = values @ self.weights[columns] + self.bias if columns else self.bias
        return total

    def probabilities(self, views: Views) -> Floats:
        return softmax(self.scores(views) / np.float32(self.temperature))

    def ranking(self, views: Views) -> tuple[tuple[str, float], ...]:
        """Every label with its probability, the most likely first; ties in order of labels."""
        chances = self.probabilities(views)
        order = np.argsort(-chances, kind="stable")
        return tuple((self.labels[i], float(chances[i])) for i in order.tolist())


def softmax(scores: NDArray[np.floating]) -> Floats:
    """Probabilities over the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Floats = (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)
    return chances


def predict(model: LinearModel, texts: Iterable[Views]) -> list[str]:
    """The most likely label of each text."""
    return [model.labels[int(np.argmax(model.scores(views)))] for views in texts]
