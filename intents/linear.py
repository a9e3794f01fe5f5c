"""A linear classifier over named features, small and quick enough to score one text in plain code.

Each view of a text becomes a vector of length one: (1 + log count) · log((1 + n) / (1 + df)) + 1
per feature (the smoothed tf-idf of scikit-learn), times the weight of the view. A text's scores
are the sums of the weights of its features; softmax of the scores over a temperature gives
probabilities (temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", 2017).
A model may also weigh what the words mean (`meanings.py`), which has no names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from intents.features import WEIGHTS
from intents.meanings import meanings

Views = Sequence[Sequence[str]]
Floats = NDArray[np.float32]
_WORDS = list(WEIGHTS).index("words")


@dataclass(frozen=True)
class Rows:
    """A sparse matrix by rows: row i holds `values[ends[i]:ends[i + 1]]` in `columns[...]`."""

    ends: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats


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
            heard = texts if weights[view] else ()
            seen = Counter(name for views in heard for name in set(views[view]))
            names = sorted(seen)
            features.append({name: len(frequency) + i for i, name in enumerate(names)})
            frequency += [seen[name] for name in names]
        idf = np.log((1 + len(texts)) / (1 + np.asarray(frequency))) + 1
        return cls(tuple(features), idf.astype(np.float32), tuple(weights))

    def matrix(self, texts: Sequence[Views]) -> Rows:
        """The vectors of many texts at once."""
        found: list[int] = []
        sizes: list[int] = []
        for views in texts:
            before = len(found)
            for known, view in zip(self.features, views, strict=True):
                found += [known[name] for name in view if name in known]
            sizes.append(len(found) - before)
        rows = np.repeat(np.arange(len(texts)), sizes)
        keys = rows * len(self.idf) + np.array(found, dtype=np.int64)
        keys, counts = np.unique(keys, return_counts=True)
        rows, columns = np.divmod(keys, max(len(self.idf), 1))
        values = self.idf[columns] * (1 + np.log(counts))
        views_of = np.searchsorted(self._ends, columns, side="right")
        parts = rows * len(self.weights) + views_of
        length = np.sqrt(np.bincount(parts, values**2))[parts]
        values *= np.asarray(self.weights)[views_of] / length
        ends = np.searchsorted(rows, np.arange(len(texts) + 1))
        return Rows(ends, columns, values.astype(np.float32))

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """Where the numbers of each view end."""
        return np.cumsum([len(view) for view in self.features])

    def vector(self, views: Views) -> tuple[NDArray[np.int64], Floats]:
        """Numbers of the known features of one text and their values, each view of its length."""
        pairs = zip(self.features, views, strict=True)
        counts = Counter([known[name] for known, view in pairs for name in view if name in known])
        columns = np.array(list(counts), np.int64)
        values = self.idf[columns]
        if len(counts) != counts.total():
            values = values * (1 + np.log(np.array(list(counts.values()), np.float32)))
        parts = np.searchsorted(self._ends, columns, side="right")
        squares = np.bincount(parts, values * values, len(self.weights))
        scales = np.array(self.weights) / np.sqrt(np.where(squares, squares, 1))
        return columns, (values * scales[parts]).astype(np.float32)


@dataclass(frozen=True)
class LinearModel:
    """Labels, vocabulary, one row of weights per feature, a bias per label, and the temperature.

    `meant` holds the weights of the meanings, without rows where the model does not look at them.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    meant: Floats
    bias: Floats
    temperature: float

    def scores(self, views: Views) -> Floats:
        """One score a label."""
        columns, values = self.vocabulary.vector(views)
        spoken: Floats = values @ self.weights[columns] + self.bias
        if len(self.meant):
            spoken += understood([views])[0] @ self.meant
        return spoken

    def scores_many(self, texts: Sequence[Views]) -> Floats:
        """Scores of many texts at once (texts x labels)."""
        rows = self.vocabulary.matrix(texts)
        total = np.repeat(self.bias[np.newaxis], len(texts), axis=0)
        filled = np.flatnonzero(np.diff(rows.ends))
        if len(filled):
            spoken = self.weights[rows.columns] * rows.values[:, np.newaxis]
            total[filled] += np.add.reduceat(spoken, rows.ends[filled], axis=0)
        if len(self.meant):
            total += understood(texts) @ self.meant
        return total

    def probabilities(self, views: Views) -> Floats:
        return softmax(self.scores(views) / np.float32(self.temperature))

    def ranking(self, views: Views) -> tuple[tuple[str, float], ...]:
        """Every label with its probability, the most likely first; ties in order of labels."""
        chances = self.probabilities(views).tolist()
        pairs = zip(self.labels, chances, strict=True)
        return tuple(sorted(pairs, key=itemgetter(1), reverse=True))

    def rankings(self, texts: Sequence[Views]) -> list[tuple[tuple[str, float], ...]]:
        """The ranking of each text."""
        return self._ranked(softmax(self.scores_many(texts) / np.float32(self.temperature)))

    def _ranked(self, chances: Floats) -> list[tuple[tuple[str, float], ...]]:
        order = np.argsort(-chances, axis=1, kind="stable")
        best = np.take_along_axis(chances, order, axis=1).tolist()
        names = self.labels
        return [
            tuple(zip([names[i] for i in places], values, strict=True))
            for places, values in zip(order.tolist(), best, strict=True)
        ]


def understood(texts: Sequence[Views]) -> Floats:
    """What the words of each text mean (texts x `meanings.WIDTH`)."""
    return meanings().matrix([views[_WORDS] for views in texts])


def softmax(scores: NDArray[np.floating]) -> Floats:
    """Probabilities over the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Floats = (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)
    return chances


def predict(model: LinearModel, texts: Iterable[Views]) -> list[str]:
    """The most likely label of each text."""
    return [model.labels[int(np.argmax(model.scores(views)))] for views in texts]
