"""Bringing documents in: Markdown, DOCX, PDF, HTML, XLSX and plain text become Documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from knowledge.documents import Document
from knowledge.errors import UnreadableDocumentError
from knowledge.importing.blocks import Read
from knowledge.importing.from_docx import read_docx
from knowledge.importing.from_html import read_html
from knowledge.importing.from_markdown import read_markdown
from knowledge.importing.from_pdf import read_pdf
from knowledge.importing.from_text import read_text
from knowledge.importing.from_xlsx import read_xlsx
from knowledge.importing.guards import MAX_BYTES, check_size
from knowledge.importing.metadata import describe
from knowledge.importing.structure import passages

__all__ = ["READERS", "UnreadableDocumentError", "import_document", "import_file"]

_TITLE_LENGTH = 60

READERS: Mapping[str, Callable[[str, bytes], Read]] = {
    ".md": read_markdown,
    ".docx": read_docx,
    ".pdf": read_pdf,
    ".html": read_html,
    ".htm": read_html,
    ".xlsx": read_xlsx,
    ".txt": read_text,
}


def import_file(path: Path, **known: Any) -> Document:
    """The document in a file; raises UnreadableDocumentError (a huge file is not even read)."""
    try:
        if path.stat().st_size > MAX_BYTES:
            check_size(path.name, b"\0" * (MAX_BYTES + 1))
        return import_document(path.name, path.read_bytes(), **known)
    except OSError as error:
        raise UnreadableDocumentError(path.name, "文件读不出来") from error


def import_document(name: str, data: bytes, **known: Any) -> Document:
    """The document in `data`, read by the ending of `name`.

    `known` are fields of Document that staff give; they go before what the file itself says,
    and that before what is found in its words. Raises UnreadableDocumentError.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        kinds = "、".join(sorted(READERS))
        raise UnreadableDocumentError(name, f"不支持这种文件，请用 {kinds}")
    check_size(name, data)
    read = READERS[suffix](name, data)
    texts = [block.text for block in read.blocks]
    found = {"id": PurePath(name).stem, "title": _title(read, name)} | describe(texts)
    chosen = found | dict(read.attributes) | known
    document = Document(passages=passages(read.blocks), **chosen)
    if not document.passages:
        raise UnreadableDocumentError(name, "文件里没有可用的文字")
    return replace(document, title=document.title.strip() or document.id)


def _title(read: Read, name: str) -> str:
    """The title the format gives, else the first line if it is short, else the file's name."""
    if read.title.strip():
        return read.title.strip()
    first = next((block.text.strip() for block in read.blocks if block.kind == "text"), "")
    return first if 0 < len(first) <= _TITLE_LENGTH else PurePath(name).stem
