"""Compares the pipeline with alternatives on a CSV, takes features away, and times it.

    python -m bench.intents TEXTS.csv           5-fold comparison in three ways of laying the folds
    python -m bench.intents --ablation          the shipped examples without one view at a time
    python -m bench.intents --speed             one text, a batch, loading, training, size
    python -m bench.intents --categories        top 1 and top 3 on the categories' gold set

Every figure is macro-F1 over all held-out texts of the same five folds; equal texts stay in one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, process_time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from intents import Understander, train
from intents.evaluate import macro_f1
from intents.examples import Example, read_csv, read_examples
from intents.features import WEIGHTS, Featuriser
from intents.fitting import Settings, choose, fit
from intents.linear import predict
from intents.normalise import normalise
from intents.sources import CATEGORY_GOLD, EXAMPLES, GOLD
from intents.tokens import Words, dictionary
from intents.training import language

Method = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[str]]
FOLDS = 5
SHUFFLES = (0, 1, 2)


def cross_validated(method: Method, examples: Sequence[Example], shuffle: int = 0) -> float:
    """Macro-F1 of `method(train texts, train labels, test texts)` over five grouped folds."""
    texts = [example.text for example in examples]
    labels = np.array([example.label for example in examples])
    guessed = np.empty_like(labels)
    groups = [normalise(text) for text in texts]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=shuffle)
    for learn, test in folds.split(texts, labels, groups):
        known = [texts[i] for i in learn]
        guessed[test] = method(known, list(labels[learn]), [texts[i] for i in test])
    return macro_f1(list(labels), list(guessed))


def ours(features: Featuriser, weights: tuple[float, ...] | None = None) -> Method:
    """The shipped pipeline, its views weighted by `weights`; by default it chooses for itself."""

    def method(texts: Sequence[str], labels: Sequence[str], test: Sequence[str]) -> list[str]:
        known = [features.views(text) for text in texts]
        settings = (
            Settings(weights)
            if weights is not None
            else choose(known, labels, [normalise(text) for text in texts]).settings
        )
        return predict(fit(known, labels, settings), [features.views(text) for text in test])

    return method


def scikit(analyzer: str | Callable[[str], list[str]], estimator: object) -> Method:
    """A plain scikit-learn pipeline on tf-idf of character 1-3-grams or of words."""

    def method(texts: Sequence[str], labels: Sequence[str], test: Sequence[str]) -> Sequence[str]:
        grams = (1, 3) if analyzer == "char" else (1, 1)
        pipeline = make_pipeline(TfidfVectorizer(analyzer=analyzer, ngram_range=grams), estimator)
        guessed: Sequence[str] = pipeline.fit(texts, labels).predict(test)
        return guessed

    return method


def fasttext(cut: Callable[[str], list[str]]) -> Method | None:
    """FastText on words, its defaults with 50 epochs and word pairs; None where not installed."""
    try:
        import fasttext as library  # type: ignore[import-untyped, import-not-found, unused-ignore] # noqa: PLC0415
    except ImportError:
        return None

    def method(texts: Sequence[str], labels: Sequence[str], test: Sequence[str]) -> list[str]:
        names = sorted(set(labels))
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            for text, label in zip(texts, labels, strict=True):
                file.write(f"__label__{names.index(label)} {' '.join(cut(text))}\n")
            file.flush()
            model = library.train_supervised(
                file.name, epoch=50, lr=0.5, wordNgrams=2, thread=1, seed=0, verbose=0
            )
        found = [model.f.predict(" ".join(cut(text)), 1, 0.0, "strict") for text in test]
        return [names[int(f[0][1].removeprefix("__label__"))] if f else names[0] for f in found]

    return method


def methods() -> Iterator[tuple[str, Method | None]]:
    """The alternatives, by the name they are listed under."""
    words = Words(dictionary([]))
    yield "LinearSVC, characters 1-3", scikit("char", LinearSVC())
    yield "LinearSVC, words", scikit(words.cut, LinearSVC())
    yield "LogisticRegression, characters", scikit("char", LogisticRegression(C=10, max_iter=300))
    yield "ComplementNB, characters", scikit("char", ComplementNB())
    yield "fastText, words", fasttext(words.cut)
    yield "this pipeline", ours(language())


def compare(path: Path) -> None:
    examples = read_csv(path)
    for name, method in methods():
        if method is None:
            print(f"{name:<34}not installed")
            continue
        scores = [cross_validated(method, examples, shuffle) for shuffle in SHUFFLES]
        print(f"{name:<34}", *(f"{score:.4f}" for score in scores), f" mean {fmean(scores):.4f}")


def ablation() -> None:
    examples, features = read_examples(EXAMPLES), language()
    for left_out in ("nothing", *WEIGHTS):
        weights = tuple(0.0 if view == left_out else w for view, w in WEIGHTS.items())
        print(f"without {left_out:<12}{cross_validated(ours(features, weights), examples):>8.4f}")


def speed() -> None:
    texts = [example.text for example in read_csv(GOLD)]
    with tempfile.TemporaryDirectory() as directory:
        report = train(read_examples(EXAMPLES), Path(directory))
        started = perf_counter()
        model = Understander.load(Path(directory))
        loaded = perf_counter() - started
    model.classify_many(texts[:50])
    wall, busy = perf_counter(), process_time()
    model.classify_many(texts)
    wall, busy = perf_counter() - wall, process_time() - busy
    print(f"training {report.seconds:.1f} s, {report.bytes / 1e6:.1f} MB, loading {loaded:.2f} s")
    print(f"one text {median(_times(model, texts)):.3f} ms (median)")
    print(
        f"batch {len(texts) / wall:.0f} texts/s, {len(texts) / busy:.0f} a second of processor time"
    )


def categories() -> None:
    gold = read_csv(CATEGORY_GOLD)
    with tempfile.TemporaryDirectory() as directory:
        train(read_examples(EXAMPLES)[::8], Path(directory))
        model = Understander.load(Path(directory))
    ranked = [[code for code, _ in model.categorise(e.text).ranking[:3]] for e in gold]
    first = sum(codes[0] == e.label for codes, e in zip(ranked, gold, strict=True))
    among = sum(e.label in codes for codes, e in zip(ranked, gold, strict=True))
    print(f"{len(gold)} texts: top 1 {first / len(gold):.3f}, top 3 {among / len(gold):.3f}")


def _times(model: Understander, texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        started = perf_counter()
        model.classify(text)
        times.append((perf_counter() - started) * 1000)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, nargs="?", help="CSV with the columns text,label")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--categories", action="store_true")
    args = parser.parse_args()
    if args.texts:
        compare(args.texts)
    if args.ablation:
        ablation()
    if args.speed:
        speed()
    if args.categories:
        categories()


if __name__ == "__main__":
    main()
