"""Where the shipped language data lies, and a digest over it that tells when a model is stale."""

from __future__ import annotations

import hashlib
from pathlib import Path

from intents.meanings import FILE as MEANINGS
from intents.model_file import VERSION

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "handlers" / "examples"
CATEGORIES = PROJECT / "services" / "data" / "categories.yaml"
DATA = PROJECT / "intents" / "data"
TERMS = DATA / "terms.txt"
CONCEPTS = DATA / "concepts.txt"
CATEGORY_EXAMPLES = DATA / "category_examples.csv"
GOLD = DATA / "gold.csv"
CATEGORY_GOLD = DATA / "categories_gold.csv"


def digest() -> str:
    """SHA-256 over the version of the code and everything a model is trained from."""
    total = hashlib.sha256(str(VERSION).encode())
    language = (CATEGORIES, CATEGORY_EXAMPLES, TERMS, CONCEPTS, MEANINGS)
    for path in (*sorted(EXAMPLES.glob("*.txt")), *language):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def read_terms(path: Path) -> list[str]:
    """One term a line; lines that begin with # are comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def read_concepts(path: Path) -> dict[str, str]:
    """Word → concept, from lines `concept: words`; a word named twice keeps its first concept."""
    concepts: dict[str, str] = {}
    for line in read_terms(path):
        concept, words = line.split(":", 1)
        for word in words.split():
            concepts.setdefault(word, concept)
    return concepts
