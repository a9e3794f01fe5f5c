"""Complement naive Bayes over the wordings: which document a question sounds like.

Every document is a class of its wordings, the questions about other matters are one more. A term
speaks for a class when all the others together have little of it: Rennie et al., "Tackling the
Poor Assumptions of Naive Bayes Text Classifiers" (2003), with the weights of `Wordings` as counts.
Counting is all the learning there is, so an index changes with its documents at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.bm25 import Bm25, Floats
from knowledge.retrieval import Asked
from knowledge.wordings import MIXTURE, Wordings

_SMOOTHING = 2.0
_TEMPERATURE = 0.03


@dataclass(frozen=True, slots=True)
class Bayes:
    """What each term gains for each class (the last is that of other matters) beyond what it says
    for a class that lacks it, and the logarithm of the mass of each class's complement.
    """

    gains: dict[str, Bm25]
    complements: Floats

    @classmethod
    def learn(cls, wordings: Wordings, others: Wordings) -> Bayes:
        """From the wordings of the documents and the questions about other matters."""
        size = len(wordings.first)
        counted = {name: _counts(name, wordings, others) for name in wordings.parts}
        masses = [np.bincount(part.rows, part.weights, size) for part in counted.values()]
        mass = np.sum(masses, axis=0)
        total = mass.sum() + _SMOOTHING * sum(len(part.terms) for part in counted.values())
        gains = {name: _gains(part) for name, part in counted.items()}
        return cls(gains, np.log(total - mass).astype(np.float32))

    def chances(self, wordings: Wordings, asked: dict[str, Asked]) -> Floats:
        """How likely the question belongs to each class; the sum is 1."""
        scores = self.scores(wordings, asked) / _TEMPERATURE
        shares = np.exp(scores - scores.max())
        return np.asarray(shares / shares.sum(), dtype=np.float32)

    def scores(self, wordings: Wordings, asked: dict[str, Asked]) -> Floats:
        """How much the question speaks for each class."""
        total = np.zeros_like(self.complements)
        length = mass = 0.0
        for name, part in self.gains.items():
            weights = wordings.weighed(name, asked)
            total += part.scores(asked[name].keys, weights)
            length += float(weights @ weights)
            mass += float(weights.sum())
        return np.asarray((total + mass * self.complements) / max(length, 1e-9) ** 0.5)


def _counts(name: str, wordings: Wordings, others: Wordings) -> Bm25:
    """The weight of each term in each class."""
    own, idle = wordings.parts[name], others.parts[name]
    terms = np.union1d(own.terms, idle.terms)
    owner = np.searchsorted(wordings.first, own.rows, side="right") - 1
    places = np.concatenate([_columns(own, terms), _columns(idle, terms)])
    classes = np.concatenate([owner, np.full(len(idle.rows), len(wordings.first) - 1)])
    weights = np.concatenate([own.weights, idle.weights]) * MIXTURE[name] ** 0.5
    size = len(wordings.first)
    cells, inverse = np.unique(places * size + classes, return_inverse=True)
    column, rows = np.divmod(cells, size)
    bounds = np.searchsorted(column, np.arange(len(terms) + 1))
    summed = np.bincount(inverse, weights).astype(np.float32)
    return Bm25(terms, bounds, rows.astype(np.int32), summed, np.zeros(0, np.float32), size)


def _columns(part: Bm25, terms: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place among `terms` of each weight of the index."""
    return np.repeat(np.searchsorted(terms, part.terms), np.diff(part.columns))


def _gains(part: Bm25) -> Bm25:
    column = np.repeat(np.arange(len(part.terms)), np.diff(part.columns))
    total = np.bincount(column, part.weights, minlength=len(part.terms))[column]
    gained = np.log(total + _SMOOTHING) - np.log(total - part.weights + _SMOOTHING)
    return Bm25(part.terms, part.columns, part.rows, gained.astype(np.float32), part.idf, part.size)
