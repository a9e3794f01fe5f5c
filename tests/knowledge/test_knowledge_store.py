"""The index file: what is saved is what is loaded, and nothing else is taken for it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.engine import KnowledgeBase
from knowledge.semantic import Vectors
from knowledge.store import IndexFileError, load, save


class ByLength:
    """An embedder for tests: a text is as near as its length."""

    def question(self, text: str) -> Vectors:
        return np.array([len(text)], dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[len(text)] for text in texts], dtype=np.float32)


def test_a_loaded_index_answers_as_the_saved_one(
    shipped: KnowledgeBase, today: date, tmp_path: Path
) -> None:
    path = tmp_path / "index.npz"
    save(shipped, path)
    loaded = load(path)
    assert loaded.documents == shipped.documents
    for question in ("老年证要带什么材料", "低保户看病", "护照"):
        assert loaded.ask(question, today=today) == shipped.ask(question, today=today)


def test_the_file_has_no_pickle(shipped: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "index.npz"
    save(shipped, path)
    with np.load(path, allow_pickle=False) as data:
        assert all(data[name].dtype != object for name in data)


@pytest.mark.parametrize("content", [b"", b"not an index", b"PK\x03\x04broken"])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(IndexFileError):
        load(io.BytesIO(content))


def test_an_index_without_vectors_cannot_be_loaded_for_ranking_by_meaning(
    shipped: KnowledgeBase,
) -> None:
    file = io.BytesIO()
    save(shipped, file)
    file.seek(0)
    with pytest.raises(IndexFileError):
        load(file, embedder=ByLength())


def test_ranking_by_meaning_is_joined_and_survives_saving(shipped: KnowledgeBase) -> None:
    """The vectors count beside the words, and are kept with the index."""
    base = KnowledgeBase.build(shipped.documents[:5], embedder=ByLength())
    longest = max(len(p.text) for d in base.documents for p in d.passages)
    assert len(base.rank("zzz", limit=1)[0][1].text) == longest
    file = io.BytesIO()
    save(base, file)
    file.seek(0)
    loaded = load(file, embedder=ByLength())
    assert loaded.rank("户口迁移") == base.rank("户口迁移")
