"""Figures over predictions: per label, macro-F1, confusion, calibration, per manner.

Expected calibration error: mean over ten equal bins of confidence of the distance between
accuracy and mean confidence, weighted by the bin's share (Naeini et al., AAAI 2015).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True)
class LabelFigures:
    """Precision, recall and F1 of one label (0 where undefined) and how many texts carry it."""

    precision: float
    recall: float
    f1: float
    support: int


def label_figures(truth: Sequence[str], guessed: Sequence[str]) -> dict[str, LabelFigures]:
    """Figures of every label that occurs in `truth` or `guessed`, in order of name."""
    right = Counter(a for a, b in zip(truth, guessed, strict=True) if a == b)
    support, claimed = Counter(truth), Counter(guessed)
    return {
        label: _figures(right[label], claimed[label], support[label])
        for label in sorted({*support, *claimed})
    }


def _figures(right: int, claimed: int, support: int) -> LabelFigures:
    precision = right / claimed if claimed else 0.0
    recall = right / support if support else 0.0
    f1 = 2 * right / (claimed + support) if right else 0.0
    return LabelFigures(precision, recall, f1, support)


def macro_f1(truth: Sequence[str], guessed: Sequence[str]) -> float:
    """Mean F1 over the labels that occur in `truth`; 0 without any."""
    figures = [f for f in label_figures(truth, guessed).values() if f.support]
    return sum(f.f1 for f in figures) / len(figures) if figures else 0.0


def accuracy(truth: Sequence[str], guessed: Sequence[str]) -> float:
    """Share of right guesses; 0 without any."""
    return sum(map(str.__eq__, truth, guessed)) / len(truth) if truth else 0.0


def confusion(truth: Sequence[str], guessed: Sequence[str]) -> dict[tuple[str, str], int]:
    """How often each label (first) was taken for each other (second), right guesses included."""
    return dict(sorted(Counter(zip(truth, guessed, strict=True)).items()))


@dataclass(frozen=True)
class Bin:
    """One bar of the histogram of confidence: its lower edge, texts, and how many were right."""

    low: float
    texts: int
    right: int
    confidence: float


def histogram(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Ten bins of equal width from 0 to 1; `confidence` is the mean within the bin."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, good in zip(confidences, right, strict=True):
        members[min(int(confidence * BINS), BINS - 1)].append((confidence, good))
    return [
        Bin(i / BINS, len(m), sum(g for _, g in m), sum(c for c, _ in m) / len(m) if m else 0.0)
        for i, m in enumerate(members)
    ]


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error, from 0 (calibrated) to 1."""
    total = len(confidences)
    if not total:
        return 0.0
    bins = histogram(confidences, right)
    return sum(abs(b.right - b.confidence * b.texts) for b in bins) / total
