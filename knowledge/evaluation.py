"""Recall and reciprocal rank of the right passage over a set of questions."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase

DEPTHS = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids any of which counts as right."""

    text: str
    right: frozenset[str]


def read_corpus(path: Path) -> list[Document]:
    """JSONL `{"id", "text"}`, one passage each. An id that begins its own text is not content."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return [
        Document(row["id"], "", (Passage(row["text"].removeprefix(row["id"]).strip()),))
        for row in rows
    ]


def read_questions(path: Path) -> list[Question]:
    """JSONL `{"question", "id"}`; `id` is one id or a list of which any is right."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return [Question(row["question"], _ids(row["id"])) for row in rows]


def _ids(value: str | list[str]) -> frozenset[str]:
    return frozenset([value] if isinstance(value, str) else value)


def evaluate(base: KnowledgeBase, questions: Sequence[Question]) -> dict[str, float]:
    """`n`, recall at the depths (share with a right passage that high), `mrr@10`, `median_ms`."""
    ranks, times = [], []
    for question in questions:
        started = time.perf_counter()
        found = base.rank(question.text, limit=max(DEPTHS))
        times.append(time.perf_counter() - started)
        ranks.append(_rank([document.id for document, _, _ in found], question.right))
    return _measures(ranks) | {"median_ms": round(statistics.median(times) * 1000, 3)}


def _rank(found: Sequence[str], right: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(found, start=1) if name in right), None)


def _measures(ranks: Sequence[int | None]) -> dict[str, float]:
    count = len(ranks)
    measures: dict[str, float] = {"n": count}
    for depth in DEPTHS:
        hits = sum(rank is not None and rank <= depth for rank in ranks)
        measures[f"recall@{depth}"] = round(hits / count, 4)
    measures["mrr@10"] = round(sum(1 / rank for rank in ranks if rank) / count, 4)
    return measures


def as_lines(measures: Mapping[str, float]) -> str:
    """The measures for a reader, one a line."""
    return "\n".join(f"{name:>10}  {value:g}" for name, value in measures.items())
