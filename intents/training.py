"""From examples to a model on disk: learn, calibrate, choose the rejection threshold, write."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from intents.categories import category_examples, read_categories
from intents.evaluate import macro_f1
from intents.examples import Example
from intents.features import WEIGHTS, Featuriser
from intents.linear import LinearModel
from intents.model_file import Stored, save
from intents.normalise import normalise
from intents.pinyin import syllable_table
from intents.sources import CATEGORIES, CONCEPTS, TERMS, digest, read_concepts, read_terms
from intents.tokens import Words, dictionary

REJECT = 0.22


@dataclass(frozen=True)
class TrainingReport:
    """How a training went. `macro_f1` is held out (4 folds), `seconds` wall time."""

    examples: int
    labels: dict[str, int]
    macro_f1: float
    temperature: float
    seconds: float
    bytes: int


def train(
    examples: Sequence[Example],
    directory: Path,
    *,
    categories: Path = CATEGORIES,
    category_corrections: Sequence[Example] = (),
    terms: Sequence[str] = (),
) -> TrainingReport:
    """Trains from `examples` and writes the model into `directory`.

    `category_corrections` are texts with the category code staff gave them; `terms` are further
    words of the community, such as the names of its places. ValueError with fewer than two labels.
    """
    started = time.perf_counter()
    words = dictionary([*read_terms(TERMS), *terms])
    syllables = syllable_table()
    concepts = read_concepts(CONCEPTS)
    features = Featuriser(Words(words), syllables, concepts)
    intents, held_out = calibrated(examples, features)
    leaves = read_categories(categories)
    tree, _ = calibrated([*category_examples(leaves), *category_corrections], features)
    groups = {leaf.code: leaf.group for leaf in leaves}
    save(Stored(intents, tree, groups, words, syllables, concepts, REJECT, digest()), directory)
    return TrainingReport(
        examples=len(examples),
        labels=dict(sorted(Counter(example.label for example in examples).items())),
        macro_f1=held_out,
        temperature=intents.temperature,
        seconds=time.perf_counter() - started,
        bytes=sum(path.stat().st_size for path in directory.iterdir()),
    )


def language(terms: Sequence[str] = ()) -> Featuriser:
    """The feature extraction of the pipeline, with `terms` as further words."""
    return Featuriser(
        Words(dictionary([*read_terms(TERMS), *terms])), syllable_table(), read_concepts(CONCEPTS)
    )


def calibrated(examples: Sequence[Example], features: Featuriser) -> tuple[LinearModel, float]:
    """A classifier whose temperature was chosen on held-out texts, and its held-out macro-F1."""
    # imported here: scikit-learn takes a second, and serving does without it
    from intents.fitting import best_temperature, fit, held_out_scores  # noqa: PLC0415

    texts = [features.views(example.text) for example in examples]
    labels = [example.label for example in examples]
    weights = tuple(WEIGHTS.values())
    model = fit(texts, labels, weights)
    groups = [normalise(example.text) for example in examples]
    scores = held_out_scores(texts, labels, groups, weights, model.labels)
    target = np.array([model.labels.index(label) for label in labels])
    guessed = [model.labels[i] for i in scores.argmax(axis=1)]
    return replace(model, temperature=best_temperature(scores, target)), macro_f1(labels, guessed)
