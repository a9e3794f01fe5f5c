"""The language engine on the command line: classify, categorise, evaluate intents."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from commands import Subcommands
from commands.evaluate import evaluate_group
from commands.intents_report import Outcome, as_json, as_text
from intents import Example, Understander, ensure_model
from intents.comparison import MARGIN
from intents.entities import extract
from intents.examples import read_csv
from intents.retraining import retrain
from settings import load_paths


def register(commands: Subcommands) -> None:
    """Adds the sub-parsers of this module."""
    _add(commands, "classify", "texts from stdin to intents as JSON lines", run_classify)
    _add(commands, "categorise", "texts from stdin to issue categories, JSON lines", run_categorise)
    about = "figures of the intent classifier on a CSV"
    measure = _add(evaluate_group(commands), "intents", about, run_evaluate)
    measure.add_argument("--test", type=Path, required=True, help="CSV with the columns text,label")
    measure.add_argument("--train", type=Path, help="train the same pipeline on this CSV instead")
    measure.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _add(
    commands: Subcommands, name: str, about: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--model", type=Path, help="models elsewhere than paths.model says")
    parser.set_defaults(run=run)
    return parser


def train_and_compare(
    directory: Path,
    corrections: Iterable[Example] = (),
    category_corrections: Iterable[Example] = (),
    terms: Iterable[str] = (),
) -> int:
    """Trains with the staff's corrections; switches when no label falls. 0 switched, 1 kept."""
    result = retrain(directory, list(corrections), list(category_corrections), list(terms))
    report = result.report
    print(
        f"model {result.version}: {report.examples} examples, held-out macro-F1 "
        f"{report.macro_f1:.3f}, {report.seconds:.1f} s, {report.bytes / 1e6:.1f} MB"
    )
    if result.comparison is not None:
        print("\n".join(result.comparison.lines()))
    elif result.running is not None:
        print("the running model is damaged and was not compared", file=sys.stderr)
    if not result.switched:
        print(f"kept {result.running}: a label fell by more than {MARGIN}", file=sys.stderr)
    return 0 if result.switched else 1


def run_classify(args: argparse.Namespace) -> int:
    """One JSON object a line for each line of stdin, with the entities found."""
    model = _model(args)
    now = datetime.now(UTC)
    for text in _lines():
        decision = model.classify(text)
        _write(
            {
                "text": text,
                "intent": decision.intent,
                "confidence": round(decision.confidence, 4),
                "ranking": [[label, round(score, 4)] for label, score in decision.ranking],
                "unsure": decision.unsure,
                "entities": extract(text, gazetteer=None, now=now).as_json(),
            }
        )
    return 0


def run_categorise(args: argparse.Namespace) -> int:
    """One JSON object a line for each line of stdin, with the three best categories first."""
    model = _model(args)
    for text in _lines():
        guess = model.categorise(text)
        _write(
            {
                "text": text,
                "category": guess.category,
                "group": guess.group,
                "confidence": round(guess.confidence, 4),
                "ranking": [[code, round(score, 4)] for code, score in guess.ranking],
            }
        )
    return 0


def run_evaluate(args: argparse.Namespace) -> int:
    """Figures of the running model, or of the same pipeline trained on `--train`."""
    try:
        test = read_csv(args.test)
        outcome = _retrained(args.train, test) if args.train else _running(_model(args), test)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(as_json(outcome), ensure_ascii=False) if args.json else as_text(outcome))
    return 0


def _running(model: Understander, test: list[Example]) -> Outcome:
    model.classify("")
    guessed, confidences, times = [], [], []
    for example in test:
        started = perf_counter()
        decision = model.classify(example.text)
        times.append(perf_counter() - started)
        guessed.append(decision.intent)
        confidences.append(decision.confidence)
    return Outcome(test, guessed, confidences, times)


def _retrained(path: Path, test: list[Example]) -> Outcome:
    # imported here: scikit-learn takes a second, and the other commands do without it
    from intents.training import calibrated, language  # noqa: PLC0415

    features = language()
    model = calibrated(read_csv(path), features).model
    guessed, confidences, times = [], [], []
    for example in test:
        started = perf_counter()
        label, confidence = model.ranking(features.views(example.text))[0]
        times.append(perf_counter() - started)
        guessed.append(label)
        confidences.append(confidence)
    return Outcome(test, guessed, confidences, times)


def _model(args: argparse.Namespace) -> Understander:
    return ensure_model(args.model or load_paths(Path(args.config)).model)


def _lines() -> Iterator[str]:
    return (line.rstrip("\r\n") for line in sys.stdin)


def _write(value: dict[str, object]) -> None:
    print(json.dumps(value, ensure_ascii=False))
