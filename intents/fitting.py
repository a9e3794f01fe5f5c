"""Fits the linear classifier with scikit-learn and calibrates it by cross-validation.

Two estimators vote: a linear support vector machine with balanced classes, and complement naive
Bayes (Rennie et al., "Tackling the Poor Assumptions of Naive Bayes", 2003), which is steadier on
rare words. Both are linear, so their centred and scaled sum is one linear classifier again.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from intents.linear import Floats, LinearModel, Views, Vocabulary, softmax

FOLDS = 4
_COST = 1.0
_SMOOTHING = 0.3
_TEMPERATURES = np.geomspace(0.02, 2.0, 60)


def fit(texts: Sequence[Views], labels: Sequence[str], weights: Sequence[float]) -> LinearModel:
    """A classifier of `texts` into `labels` with temperature 1; at least two labels."""
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise ValueError("training needs at least two labels")
    vocabulary = Vocabulary.learn(texts, weights)
    matrix = _matrix(vocabulary, texts)
    target = np.array([names.index(label) for label in labels])
    weight, bias = _support_vectors(matrix, target)
    voice = _naive_bayes(matrix, target)
    scale = _spread(matrix @ voice)
    return LinearModel(names, vocabulary, _float32(weight + voice / scale), _float32(bias), 1.0)


def _matrix(vocabulary: Vocabulary, texts: Sequence[Views]) -> sparse.csr_matrix:
    rows = [vocabulary.vector(views) for views in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.array([column for row, _ in rows for column in row], dtype=np.int32)
    values = np.concatenate([row for _, row in rows])
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), len(vocabulary.idf)))


def _support_vectors(
    matrix: sparse.csr_matrix, target: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    machine = LinearSVC(C=_COST, class_weight="balanced", random_state=0).fit(matrix, target)
    weight, bias = machine.coef_.T, machine.intercept_
    if weight.shape[1] == 1:
        weight, bias = np.hstack([-weight, weight]), np.array([-bias[0], bias[0]])
    weight = weight - weight.mean(axis=1, keepdims=True)
    bias = bias - bias.mean()
    scale = _spread(matrix @ weight + bias)
    return weight / scale, bias / scale


def _naive_bayes(matrix: sparse.csr_matrix, target: NDArray[np.int64]) -> NDArray[np.float64]:
    bayes = ComplementNB(alpha=_SMOOTHING).fit(matrix, target)
    weight = bayes.feature_log_prob_.T
    centred: NDArray[np.float64] = weight - weight.mean(axis=1, keepdims=True)
    return centred


def _spread(scores: NDArray[np.float64]) -> float:
    return float(scores.std()) or 1.0


def _float32(values: NDArray[np.float64]) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)


def held_out_scores(
    texts: Sequence[Views],
    labels: Sequence[str],
    groups: Sequence[Hashable],
    weights: Sequence[float],
    names: Sequence[str],
) -> NDArray[np.float64]:
    """Scores (texts x names) by models that saw neither the text nor its group."""
    scores = np.zeros((len(texts), len(names)))
    numbers = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    folds = split.split(np.zeros(len(texts)), labels, [numbers[group] for group in groups])
    for train, test in folds:
        model = fit([texts[i] for i in train], [labels[i] for i in train], weights)
        columns = [names.index(label) for label in model.labels]
        for i in test:
            scores[i, columns] = model.scores(texts[i])
    return scores


def best_temperature(scores: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """The temperature under which the right labels are most likely (least log loss)."""
    rows = np.arange(len(target))
    losses = [
        -np.log(np.maximum(softmax(scores / t)[rows, target], 1e-9)).mean() for t in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])
