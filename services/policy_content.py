"""A policy document as the engine reads it and as the table keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from knowledge.documents import Document, Passage
from storage.policies import PolicyDocument

MAX_TITLE, MAX_NUMBER = 200, 80


class BadDocument(Exception):
    """The document cannot be taken or published; the message says why."""


def as_document(row: PolicyDocument) -> Document:
    """A stored version as the engine knows it; it ends before the day it is superseded."""
    last = [row.valid_until] if row.valid_until else []
    last += [row.superseded_from - timedelta(days=1)] if row.superseded_from else []
    return Document(
        id=str(row.id),
        title=row.title,
        passages=tuple(Passage(text, tuple(path)) for path, text in row.passages),
        issuer=row.issuer,
        number=row.number,
        issued=row.issued,
        effective=row.effective,
        valid_until=min(last, default=None),
        area=row.area,
        source=row.source,
        aliases=tuple(row.aliases),
        asked=tuple(row.asked),
        version=row.version,
        sample=row.sample,
    )


def content_of(document: Document) -> dict[str, Any]:
    """The columns that a document fills; raises BadDocument."""
    title, number = _plain(document.title.strip()), _plain(document.number.strip())
    if not title or len(title) > MAX_TITLE:
        raise BadDocument(f"标题要有，最多 {MAX_TITLE} 字")
    if len(number) > MAX_NUMBER:
        raise BadDocument(f"文号太长，最多 {MAX_NUMBER} 字")
    if not document.passages:
        raise BadDocument("文件里没有可用的文字")
    return {
        "title": title,
        "number": number,
        "issuer": _plain(document.issuer),
        "issued": document.issued,
        "effective": document.effective,
        "valid_until": document.valid_until,
        "area": _plain(document.area),
        "source": _plain(document.source),
        "aliases": [_plain(alias) for alias in document.aliases],
        "asked": [_plain(words) for words in document.asked],
        "supersedes": [_plain(name) for name in document.supersedes],
        "passages": [
            [[_plain(heading) for heading in part.path], _plain(part.text)]
            for part in document.passages
        ],
        "sample": document.sample,
    }


def is_same(row: PolicyDocument, content: dict[str, Any]) -> bool:
    """Whether a stored version says the same."""
    return all(getattr(row, name) == value for name, value in content.items())


def _plain(text: str) -> str:
    return text.replace("\x00", "")  # which PostgreSQL does not take
