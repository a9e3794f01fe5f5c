"""From examples to a model on disk: learn, calibrate, choose the rejection threshold, write."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.categories import category_examples, read_categories
from intents.evaluate import macro_f1
from intents.examples import Example, read_csv
from intents.features import Featuriser
from intents.linear import Floats, LinearModel, softmax
from intents.model_file import Stored, save
from intents.normalise import normalise
from intents.pinyin import syllable_table
from intents.sources import (
    CATEGORIES,
    CATEGORY_EXAMPLES,
    CONCEPTS,
    TERMS,
    digest,
    read_concepts,
    read_terms,
)
from intents.thresholds import Thresholds, cheapest
from intents.tokens import Words, dictionary
from intents.understand import OUT_OF_SCOPE


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
    fitted = calibrated(examples, features, sampled=False)
    leaves = read_categories(categories)
    shipped = [*category_examples(leaves), *read_csv(CATEGORY_EXAMPLES)]
    groups = {leaf.code: leaf.group for leaf in leaves}
    tree = calibrated([*shipped, *category_corrections], features, sampled=False).model
    chosen = fitted.thresholds
    stored = Stored(fitted.model, tree, groups, words, syllables, concepts, chosen, digest())
    save(stored, directory)
    return TrainingReport(
        examples=len(examples),
        labels=dict(sorted(Counter(example.label for example in examples).items())),
        macro_f1=fitted.macro_f1,
        temperature=fitted.model.temperature,
        seconds=time.perf_counter() - started,
        bytes=sum(path.stat().st_size for path in directory.iterdir()),
    )


def language(terms: Sequence[str] = ()) -> Featuriser:
    """The feature extraction of the pipeline, with `terms` as further words."""
    return Featuriser(
        Words(dictionary([*read_terms(TERMS), *terms])), syllable_table(), read_concepts(CONCEPTS)
    )


@dataclass(frozen=True)
class Fitted:
    """A calibrated classifier with its probabilities for texts it had not seen."""

    model: LinearModel
    chances: Floats
    target: NDArray[np.int64]

    @property
    def macro_f1(self) -> float:
        names = self.model.labels
        guessed = [names[i] for i in self.chances.argmax(axis=1)]
        return macro_f1([names[i] for i in self.target], guessed)

    @property
    def thresholds(self) -> Thresholds:
        names = self.model.labels
        idle = names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in names else -1
        return cheapest(self.chances, self.target, idle)


def calibrated(
    examples: Sequence[Example], features: Featuriser, *, sampled: bool = True
) -> Fitted:
    """A classifier with settings and temperature chosen on held-out texts.

    `sampled` says that the examples are a sample of what is to come; those that were written for
    training are not.
    """
    # imported here: scikit-learn takes a second, and serving does without it
    from intents.fitting import choose, fit  # noqa: PLC0415

    texts = [features.views(example.text) for example in examples]
    labels = [example.label for example in examples]
    groups = [normalise(example.text) for example in examples]
    choice = choose(texts, labels, groups, sampled=sampled)
    model = replace(fit(texts, labels, choice.settings), temperature=choice.temperature)
    return Fitted(model, softmax(choice.scores / choice.temperature), choice.target)
