"""Fits the linear classifier with scikit-learn; every setting is chosen by cross-validation.

Three estimators vote: ridge regression and a linear support vector machine, both with balanced
classes, and complement naive Bayes (Rennie et al., "Tackling the Poor Assumptions of Naive Bayes",
2003), which is steadier on rare words. All are linear, so the sum of their centred and scaled
scores is one linear classifier again. Which views of a text are looked at, how loud each speaks
and the temperature are chosen on texts that the estimators have not seen. (A bias for each label,
found the same way, did harm on texts of another origin.)

With few examples ridge may also look at what the words mean (`meanings.py`). It is then solved
exactly in its dual form, with a matrix of texts by texts (Saunders, Gammerman and Vovk, "Ridge
Regression Learning Algorithm in Dual Variables", 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from sklearn.linear_model import Ridge
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from intents.features import LEXICAL, WEIGHTS
from intents.linear import Floats, LinearModel, Views, Vocabulary, softmax, understood

FOLDS = 4
STEADY = ((1, 0.5), (1, 1))
"""How loud ridge and Bayes speak while the views are chosen."""
VIEWS = (tuple(WEIGHTS.values()), tuple(LEXICAL.values()))
FEW = 6000
"""Up to so many examples meanings, or fewer views, may be looked at: the exact solution takes cubic
time, and with many examples more views were always better.
"""
MEANT_VIEWS = VIEWS[1]
"""The views beside meanings."""
VOICES: tuple[tuple[float, ...], ...] = (
    (0, 1, 0.5),
    (0, 1, 1),
    (0, 1, 0),
    (1, 2, 1),
    (1, 1, 1),
    (1, 1, 0.5),
)
"""Candidates: how loud ridge, the machine and Bayes speak."""
MEANT_VOICES: tuple[float, ...] = (1, 0, 0.75)
"""The voices beside meanings. Choosing these or the views gained nothing there and wavered."""
_COST, _TOLERANCE = 1.0, 0.01
_PENALTY = 1.5
_SMOOTHING = 0.3
_TEMPERATURES = np.geomspace(0.02, 2.0, 60)

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What is chosen for a task: the weights of the views, the voices, and whether meanings are
    looked at.
    """

    views: tuple[float, ...] = tuple(WEIGHTS.values())
    voices: tuple[float, ...] = VOICES[0]
    meanings: bool = False


@dataclass(frozen=True)
class _Seen:
    """Texts as the estimators see them: their named features, and what they mean or no columns."""

    features: sparse.csr_matrix
    meant: Floats

    def scores(self, weight: Doubles, bias: Doubles) -> Doubles:
        """Scores by `weight`, whose last rows are those of the meanings."""
        named = self.features.shape[1]
        return np.asarray(self.features @ weight[:named] + self.meant @ weight[named:] + bias)


Estimator = Callable[[_Seen, NDArray[np.int64]], tuple[Doubles, Doubles]]


@dataclass(frozen=True)
class Choice:
    """The best settings, and the scores (texts x labels) of models that did not see the text."""

    settings: Settings
    labels: tuple[str, ...]
    scores: Doubles
    target: NDArray[np.int64]

    @property
    def temperature(self) -> float:
        """The temperature under which the right labels are most likely (least log loss)."""
        rows = np.arange(len(self.target))
        losses = [
            -np.log(np.maximum(softmax(self.scores / t)[rows, self.target], 1e-9)).mean()
            for t in _TEMPERATURES
        ]
        return float(_TEMPERATURES[int(np.argmin(losses))])


def fit(texts: Sequence[Views], labels: Sequence[str], settings: Settings) -> LinearModel:
    """A classifier of `texts` into `labels` with temperature 1; at least two labels."""
    names = _names(labels)
    vocabulary = Vocabulary.learn(texts, settings.views)
    seen, target = _seen(vocabulary, texts, settings.meanings), _numbers(names, labels)
    named = len(vocabulary.idf)
    weight = np.zeros((named + seen.meant.shape[1], len(names)))
    bias = np.zeros(len(names))
    spoken = [
        (voice, member) for voice, member in zip(settings.voices, MEMBERS, strict=True) if voice
    ]
    members = _members(seen, target, [member for _, member in spoken])
    for (voice, _), (weights, biases) in zip(spoken, members, strict=True):
        weight += voice * weights
        bias += voice * biases
    by_name, meant = _float32(weight[:named]), _float32(weight[named:])
    return LinearModel(names, vocabulary, by_name, meant, _float32(bias), 1.0)


def choose(
    texts: Sequence[Views],
    labels: Sequence[str],
    groups: Sequence[Hashable],
    *,
    sampled: bool = True,
) -> Choice:
    """The settings with the best macro-F1 on held-out texts; equal `groups` stay in one fold.

    Unless the texts are a sample of what is to come (`sampled`), how many a label has means
    little, and a label counts by the root of its number.
    """
    names = _names(labels)
    target = _numbers(names, labels)
    folds = list(_folds(target, groups))
    counts = np.bincount(target)
    shares = np.ones(len(target)) if sampled else (1 / np.sqrt(counts))[target]
    task = _Task(texts, target, folds)

    def quality(scores: Doubles) -> float:
        return _quality(scores, target, shares)

    looks = [(VIEWS[0], False)]
    if len(texts) <= FEW:
        looks += [(VIEWS[1], False), (MEANT_VIEWS, True)]
    heard = {look: task.held_out(*look, (_ridge, _naive_bayes)) for look in looks}
    best = max(looks, key=lambda look: max(quality(_mixed(v, heard[look])) for v in STEADY))
    (views, meanings), (ridge, bayes) = best, heard[best]
    if meanings:
        voices, spoken = MEANT_VOICES, np.stack([ridge, np.zeros_like(ridge), bayes])
    else:
        spoken = np.stack([ridge, *task.held_out(views, False, (_support_vectors,)), bayes])
        voices = max(VOICES, key=lambda voices: quality(_mixed(voices, spoken)))
    return Choice(Settings(views, voices, meanings), names, _mixed(voices, spoken), target)


def _folds(
    target: NDArray[np.int64], groups: Sequence[Hashable]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Places to learn from and to hold out, FOLDS times; equal groups (alike in label as a rule)
    stay together.
    """
    number = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    owner = np.array([number[group] for group in groups])
    _, first = np.unique(owner, return_index=True)
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for _, held_out in split.split(first, target[first]):
        out = np.isin(owner, held_out)
        yield np.flatnonzero(~out), np.flatnonzero(out)


def _mixed(voices: Sequence[float], spoken: Doubles) -> Doubles:
    """The sum of the members' scores (members x texts x labels), each as loud as its voice."""
    return np.asarray(np.tensordot(voices, spoken, axes=1))


def _quality(scores: Doubles, target: NDArray[np.int64], shares: Doubles) -> float:
    """Macro-F1 of the highest scores, every text counted by its share."""
    guess, size = scores.argmax(axis=1), scores.shape[1]
    right = np.bincount(target[guess == target], shares[guess == target], size)
    total = np.bincount(guess, shares, size) + np.bincount(target, shares, size)
    return float(np.mean(2 * right / total))


@dataclass(frozen=True)
class _Task:
    """Texts with the numbers of their labels, and folds of those to learn from and to hold out."""

    texts: Sequence[Views]
    target: NDArray[np.int64]
    folds: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]

    def held_out(
        self, views: Sequence[float], meanings: bool, estimators: Sequence[Estimator]
    ) -> Doubles:
        """Scores (members x texts x labels) by estimators that saw neither text nor group."""
        scores = np.zeros((len(estimators), len(self.texts), self.target.max() + 1))
        for learn, test in self.folds:
            vocabulary = Vocabulary.learn([self.texts[i] for i in learn], views)
            known, columns = np.unique(self.target[learn], return_inverse=True)
            unseen = _seen(vocabulary, [self.texts[i] for i in test], meanings)
            seen = _seen(vocabulary, [self.texts[i] for i in learn], meanings)
            for member, (weight, bias) in enumerate(_members(seen, columns, estimators)):
                heard = unseen.scores(weight, bias)
                scores[member, test] = heard.min()
                scores[member, test[:, np.newaxis], known] = heard
        return scores


def _names(labels: Sequence[str]) -> tuple[str, ...]:
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise ValueError("training needs at least two labels")
    return names


def _numbers(names: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    number = {name: i for i, name in enumerate(names)}
    return np.array([number[label] for label in labels])


def _seen(vocabulary: Vocabulary, texts: Sequence[Views], meanings: bool) -> _Seen:
    rows = vocabulary.matrix(texts)
    shape = (len(texts), len(vocabulary.idf))
    features = sparse.csr_matrix((rows.values, rows.columns, rows.ends), shape=shape)
    return _Seen(features, understood(texts) if meanings else np.zeros((len(texts), 0), np.float32))


def _members(
    seen: _Seen, target: NDArray[np.int64], estimators: Sequence[Estimator]
) -> Iterator[tuple[Doubles, Doubles]]:
    """Weights (features x labels) and biases of each estimator, scores centred, deviation one."""
    for estimator in estimators:
        weight, bias = estimator(seen, target)
        centred, even = weight - weight.mean(axis=1, keepdims=True), bias - bias.mean()
        scale = float(seen.scores(centred, even).std()) or 1.0
        yield centred / scale, even / scale


def _support_vectors(seen: _Seen, target: NDArray[np.int64]) -> tuple[Doubles, Doubles]:
    machine = LinearSVC(C=_COST, tol=_TOLERANCE, class_weight="balanced", random_state=0)
    machine.fit(seen.features, target)
    weight, bias = _unmeant(seen, machine.coef_.T), machine.intercept_
    if weight.shape[1] == 1:
        return np.hstack([-weight, weight]), np.array([-bias[0], bias[0]])
    return weight, bias


def _ridge(seen: _Seen, target: NDArray[np.int64]) -> tuple[Doubles, Doubles]:
    counts = np.bincount(target)
    balance = (len(target) / len(counts) / counts)[target]
    wanted = np.eye(len(counts))[target]
    if seen.meant.shape[1]:
        return _exact_ridge(seen, wanted, balance)
    ridge = Ridge(alpha=_PENALTY, solver="sparse_cg", tol=_TOLERANCE)
    ridge.fit(seen.features, wanted, sample_weight=balance)
    return ridge.coef_.T, ridge.intercept_


def _exact_ridge(seen: _Seen, wanted: Doubles, balance: Doubles) -> tuple[Doubles, Doubles]:
    """The same by one system of equations, its unknowns one a text and label.

    With the likeness K of texts, (K + penalty / balance) a + b = wanted, where the a of each label
    add up to nothing.
    """
    likeness = (seen.features @ seen.features.T).toarray() + seen.meant @ seen.meant.T
    likeness = likeness.astype(np.float64)
    likeness[np.diag_indices_from(likeness)] += _PENALTY / balance
    sides = np.hstack([wanted, np.ones((len(wanted), 1))])
    solved = linalg.solve(likeness, sides, assume_a="pos", overwrite_a=True, check_finite=False)
    bias = solved[:, :-1].sum(axis=0) / solved[:, -1].sum()
    dual = solved[:, :-1] - np.outer(solved[:, -1], bias)
    return np.vstack([seen.features.T @ dual, seen.meant.T @ dual]), bias


def _naive_bayes(seen: _Seen, target: NDArray[np.int64]) -> tuple[Doubles, Doubles]:
    bayes = ComplementNB(alpha=_SMOOTHING).fit(seen.features, target)
    weight = _unmeant(seen, bayes.feature_log_prob_.T)
    return weight, np.zeros(weight.shape[1])


def _unmeant(seen: _Seen, weight: Doubles) -> Doubles:
    """`weight` of the features, followed by nothing for the meanings."""
    return np.vstack([weight, np.zeros((seen.meant.shape[1], weight.shape[1]))])


def _float32(values: Doubles) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)


MEMBERS: tuple[Estimator, ...] = (_ridge, _support_vectors, _naive_bayes)
