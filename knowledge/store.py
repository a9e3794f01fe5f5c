"""A built index in one file: arrays by NumPy without pickle, documents as JSON beside them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from knowledge.bm25 import Bm25
from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase, ways_of_asking
from knowledge.finding import Indexes
from knowledge.language import Language, shipped_language
from knowledge.retrieval import JoinedIndex, analyser_of
from knowledge.semantic import Embedder, SemanticRanker
from knowledge.wordings import Wordings

FORMAT = 2
_DATES = ("issued", "effective", "valid_until")


class IndexFileError(ValueError):
    """The file is not an index of this version; build it anew from the documents."""


def save(base: KnowledgeBase, target: Path | BinaryIO) -> None:
    """Write the index and its documents."""
    described = {"format": FORMAT, "documents": [_plain(found) for found in base.documents]}
    text = json.dumps(described, ensure_ascii=False).encode()
    arrays = {}
    for name in ("passages", "heads"):
        arrays |= dict(_arrays(name, getattr(base.indexes, name)))
    if base.indexes.semantic is not None:
        arrays["semantic"] = base.indexes.semantic.vectors
    np.savez(target, allow_pickle=False, described=np.frombuffer(text, dtype=np.uint8), **arrays)


def load(
    source: Path | BinaryIO,
    *,
    language: Language | None = None,
    embedder: Embedder | None = None,
) -> KnowledgeBase:
    """Read what `save` wrote; raises IndexFileError.

    Ranking by meaning needs the embedder that the index was built with.
    """
    try:
        with np.load(source, allow_pickle=False) as data:
            return _restore(data, language or shipped_language(), embedder)
    except (KeyError, OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise IndexFileError(f"not an index of format {FORMAT}: {source}") from error


def _restore(
    data: Mapping[str, NDArray[Any]], language: Language, embedder: Embedder | None
) -> KnowledgeBase:
    described = json.loads(data["described"].tobytes())
    if described["format"] != FORMAT:
        raise IndexFileError(f"index of format {described['format']}")
    documents = [_document(plain) for plain in described["documents"]]
    passages, heads = (_joined(data, name) for name in ("passages", "heads"))
    semantic = SemanticRanker(data["semantic"], embedder) if embedder else None
    analyser = analyser_of(language)
    wordings = Wordings.build([ways_of_asking(found) for found in documents], analyser)
    indexes = Indexes(passages, heads, wordings, semantic)
    return KnowledgeBase(documents, indexes, analyser, language)


def _arrays(name: str, index: JoinedIndex) -> Iterator[tuple[str, NDArray[Any]]]:
    for space, part in index.parts.items():
        for field in fields(part):
            yield f"{name}.{space}.{field.name}", np.asarray(getattr(part, field.name))


def _joined(data: Mapping[str, NDArray[Any]], name: str) -> JoinedIndex:
    spaces = [key.split(".")[1] for key in data if key.startswith(f"{name}.")]
    parts = {space: _part(data, f"{name}.{space}") for space in dict.fromkeys(spaces)}
    return JoinedIndex(parts)


def _part(data: Mapping[str, NDArray[Any]], prefix: str) -> Bm25:
    values = {field.name: data[f"{prefix}.{field.name}"] for field in fields(Bm25)}
    size = int(values.pop("size"))
    return Bm25(size=size, **values)


def _plain(document: Document) -> dict[str, Any]:
    plain = asdict(document)
    return plain | {name: plain[name] and plain[name].isoformat() for name in _DATES}


def _document(plain: dict[str, Any]) -> Document:
    dates = {name: plain[name] and date.fromisoformat(plain[name]) for name in _DATES}
    passages = tuple(Passage(part["text"], tuple(part["path"])) for part in plain["passages"])
    listed = {name: tuple(plain[name]) for name in ("aliases", "asked", "supersedes")}
    return Document(**plain | dates | listed | {"passages": passages})
