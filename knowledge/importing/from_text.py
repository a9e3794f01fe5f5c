"""Plain text: a paragraph a line; lines broken inside a sentence are joined."""

from __future__ import annotations

from knowledge.errors import UnreadableDocumentError
from knowledge.importing.blocks import Block, Read

_ENCODINGS = ("utf-8-sig", "gb18030")


def decode(name: str, data: bytes) -> str:
    """UTF-8, else GB 18030; raises UnreadableDocumentError."""
    if b"\0" in data:
        raise UnreadableDocumentError(name, "不是文本文件")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableDocumentError(name, "文字编码不是 UTF-8 或 GB18030，无法识别")


def read_text(name: str, data: bytes) -> Read:
    """Every line that is not empty is a paragraph; the first short line is the title."""
    lines = [line.strip() for line in decode(name, data).splitlines()]
    blocks = tuple(Block("text", line) for line in lines if line)
    return Read(blocks)
