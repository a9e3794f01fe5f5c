"""The figures of `evaluate intents`, as one JSON object or as a page to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from intents.evaluate import (
    accuracy,
    calibration_error,
    confusion,
    histogram,
    label_figures,
    macro_f1,
)
from intents.examples import Example


@dataclass(frozen=True)
class Outcome:
    """Texts with their right labels, and for each the guess, its confidence and the seconds."""

    examples: Sequence[Example]
    guessed: Sequence[str]
    confidences: Sequence[float]
    seconds: Sequence[float]

    @property
    def truth(self) -> list[str]:
        return [example.label for example in self.examples]

    @property
    def right(self) -> list[bool]:
        return [a == b for a, b in zip(self.truth, self.guessed, strict=True)]

    @property
    def median_ms(self) -> float:
        return median(self.seconds) * 1000 if self.seconds else 0.0


def as_json(outcome: Outcome) -> dict[str, object]:
    """The keys promised for `evaluate intents --json`."""
    figures = label_figures(outcome.truth, outcome.guessed)
    return {
        "n": len(outcome.examples),
        "accuracy": accuracy(outcome.truth, outcome.guessed),
        "macro_f1": macro_f1(outcome.truth, outcome.guessed),
        "ece": calibration_error(outcome.confidences, outcome.right),
        "median_ms": outcome.median_ms,
        "labels": {label: asdict(figure) for label, figure in figures.items()},
        "errors": [
            {"text": e.text, "label": e.label, "predicted": guess, "confidence": round(c, 4)}
            for e, guess, c, right in _rows(outcome)
            if not right
        ],
    }


def as_text(outcome: Outcome) -> str:
    """Summary, labels, manners, confusion, confidence and the list of errors."""
    parts = (_summary, _labels, _manners, _confusion, _confidence, _errors)
    return "\n\n".join("\n".join(part(outcome)) for part in parts)


def _rows(outcome: Outcome) -> Iterator[tuple[Example, str, float, bool]]:
    return zip(outcome.examples, outcome.guessed, outcome.confidences, outcome.right, strict=True)


def _summary(outcome: Outcome) -> Iterator[str]:
    yield f"texts       {len(outcome.examples)}"
    yield f"accuracy    {accuracy(outcome.truth, outcome.guessed):.4f}"
    yield f"macro-F1    {macro_f1(outcome.truth, outcome.guessed):.4f}"
    yield f"ECE         {calibration_error(outcome.confidences, outcome.right):.4f}"
    yield f"per text    {outcome.median_ms:.3f} ms (median)"


def _labels(outcome: Outcome) -> Iterator[str]:
    yield f"{'label':<18}{'precision':>10}{'recall':>8}{'F1':>8}{'texts':>7}"
    for label, f in label_figures(outcome.truth, outcome.guessed).items():
        yield f"{label:<18}{f.precision:>10.3f}{f.recall:>8.3f}{f.f1:>8.3f}{f.support:>7}"


def _manners(outcome: Outcome) -> Iterator[str]:
    yield f"{'manner':<18}{'accuracy':>10}{'texts':>8}"
    for manner in sorted({example.manner for example in outcome.examples}):
        right = [ok for e, _, _, ok in _rows(outcome) if e.manner == manner]
        yield f"{manner:<18}{sum(right) / len(right):>10.3f}{len(right):>8}"


def _confusion(outcome: Outcome) -> Iterator[str]:
    pairs = confusion(outcome.truth, outcome.guessed)
    labels = sorted({label for pair in pairs for label in pair})
    yield "confusion: right label down, guess across"
    yield " " * 18 + "".join(f"{label[:7]:>8}" for label in labels)
    for row in labels:
        counts = "".join(f"{pairs.get((row, column), 0) or '.':>8}" for column in labels)
        yield f"{row:<18}{counts}"


def _confidence(outcome: Outcome) -> Iterator[str]:
    yield f"{'confidence':<12}{'texts':>7}{'accuracy':>10}{'mean':>8}"
    for bar in histogram(outcome.confidences, outcome.right):
        if bar.texts:
            share = bar.right / bar.texts
            edges = f"{bar.low:.1f}–{bar.low + 0.1:.1f}"
            yield f"{edges:<12}{bar.texts:>7}{share:>10.3f}{bar.confidence:>8.3f}"


def _errors(outcome: Outcome) -> Iterator[str]:
    wrong = [(e, guess, c) for e, guess, c, right in _rows(outcome) if not right]
    yield f"errors: {len(wrong)}"
    for example, guess, confidence in wrong:
        yield f"  {example.label} → {guess} ({confidence:.2f}) {example.text}"
