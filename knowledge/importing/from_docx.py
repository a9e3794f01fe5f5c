"""Word documents (.docx): styles, numbered lines and tables in their order."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError

from knowledge.errors import UnreadableDocumentError
from knowledge.importing.blocks import Block, Read, rows
from knowledge.importing.guards import check_package

_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_TITLE_STYLES = {"title", "标题"}
_FAULTS = (OpcError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, SyntaxError)


def read_docx(name: str, data: bytes) -> Read:
    """Raises UnreadableDocumentError for broken, encrypted and exploding files."""
    check_package(name, data)
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = tuple(_blocks(document))
    except _FAULTS as error:
        raise UnreadableDocumentError(name, "文件已损坏，或不是 Word 文档（.docx）") from error
    styled = (block.text for block in blocks if block.kind == "heading" and block.level == 0)
    title = next(styled, "") or str(document.core_properties.title or "")
    return Read(tuple(block for block in blocks if block.kind != "heading" or block.level), title)


def _blocks(document: Any) -> Iterator[Block]:
    """A title has level 0, so that it is told from the headings."""
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            yield from rows([[cell.text for cell in row.cells] for row in part.rows])
        elif part.text.strip():
            yield _paragraph(part.text.strip(), str(part.style.name if part.style else ""))


def _paragraph(text: str, style: str) -> Block:
    if style.lower() in _TITLE_STYLES:
        return Block("heading", text)
    found = _HEADING.match(style)
    return Block("heading", text, int(found.group(1))) if found else Block("text", text)
