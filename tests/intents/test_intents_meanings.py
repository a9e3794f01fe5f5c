"""Vectors of words: what they say, their features, ridge over them, models that look at them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge

from intents.examples import Example, read_csv
from intents.fitting import MEANT_VOICES, Settings, _ridge, _Seen, choose, fit
from intents.meanings import DIRECTIONS, FILE, WIDTH, Meanings, meanings
from intents.sources import CATEGORY_EXAMPLES
from intents.training import language

GROUPS = ("lighting", "water", "noise", "animals")
EXAMPLES = [
    Example(example.text, group)
    for example in read_csv(CATEGORY_EXAMPLES)
    if (group := example.label.split(".", maxsplit=1)[0]) in GROUPS
]


def test_like_words_have_like_vectors() -> None:
    """A clinic is like a hospital, not like a bus; a word nobody knows says nothing."""
    rows = meanings().matrix([["医院"], ["诊所"], ["公交"], ["㐀㐁㐂"], []])
    likeness = rows @ rows.T
    assert likeness[0, 1] > 1.5 * max(likeness[0, 2], likeness[1, 2])
    assert not rows[3:].any()
    assert FILE.stat().st_size < 10_000_000


def test_features_are_those_of_the_kernels() -> None:
    """Dot products are the sum of a linear and a quadratic kernel and those of the halves."""
    rng = np.random.default_rng(0)
    vectors = rng.integers(-100, 100, (3, DIRECTIONS), dtype=np.int8)
    rows = Meanings(["甲", "乙", "丙"], vectors).matrix([["甲", "乙", "生", "丙"], ["丙", "甲"]])
    assert rows.shape == (2, WIDTH)

    def likeness(left: list[int], right: list[int]) -> float:
        a, b = (vectors[places].sum(axis=0, dtype=float) for places in (left, right))
        return float(a @ b / np.sqrt(a @ a * (b @ b)))

    whole = likeness([0, 1, 2], [2, 0])
    halves = likeness([0, 1], [2]) + likeness([2], [0])
    assert rows[0] @ rows[1] == pytest.approx(0.4 * (whole + whole**2) + 0.2 * halves, abs=1e-5)
    assert rows[0] @ rows[0] == pytest.approx(1.2, abs=1e-5)


def test_exact_ridge_is_ridge() -> None:
    """The solution by texts is the one scikit-learn finds by features."""
    rng = np.random.default_rng(0)
    named, meant = rng.normal(size=(30, 8)), rng.normal(size=(30, 5)).astype(np.float32)
    target = np.arange(30) % 4 % 3
    weight, bias = _ridge(_Seen(sparse.csr_matrix(named), meant), target)
    counts = np.bincount(target)
    known = Ridge(alpha=1.5).fit(
        np.hstack([named, meant]), np.eye(3)[target], sample_weight=(10 / counts)[target]
    )
    assert weight == pytest.approx(known.coef_.T, abs=1e-5)
    assert bias == pytest.approx(known.intercept_, abs=1e-5)


def test_model_scores_one_text_as_it_scores_many() -> None:
    """With meanings too, and they change the scores."""
    features = language()
    texts = [features.views(example.text) for example in EXAMPLES]
    labels = [example.label for example in EXAMPLES]
    model = fit(texts, labels, Settings(voices=MEANT_VOICES, meanings=True))
    many = model.scores_many(texts[:20])
    assert many == pytest.approx(np.stack([model.scores(text) for text in texts[:20]]), abs=1e-4)
    without = fit(texts, labels, Settings(voices=MEANT_VOICES))
    assert not len(without.meant)
    assert np.abs(many - without.scores_many(texts[:20])).max() > 0.01


def test_meanings_are_for_tasks_with_few_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are chosen for the categories' examples, never where there are many."""
    features = language()
    texts = [features.views(example.text) for example in EXAMPLES]
    labels = [example.label for example in EXAMPLES]
    groups = [example.text for example in EXAMPLES]
    chosen = choose(texts, labels, groups).settings
    assert chosen.meanings
    assert chosen.voices == MEANT_VOICES
    monkeypatch.setattr("intents.fitting.FEW", len(EXAMPLES) - 1)
    assert not choose(texts, labels, groups).settings.meanings
