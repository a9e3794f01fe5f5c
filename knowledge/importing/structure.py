"""From blocks to passages, by the document's own structure: 章、节、条、headings, paragraphs, rows.

Numbering as in 《党政机关公文格式》(GB/T 9704—2012): 一、 （一） 1. （1）; in laws 编、章、节、条.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.documents import Passage
from knowledge.importing.blocks import Block
from knowledge.text import sentences

LONGEST = 350  # characters a resident reads in one answer
_FULL = 160  # a passage this long is closed at the next paragraph
_NUMBER = r"[零〇一二三四五六七八九十百千\d]+"
_LEVELS = (
    (1, re.compile(rf"^.{{0,20}}?第\s*{_NUMBER}\s*[编篇章]")),
    (2, re.compile(rf"^第\s*{_NUMBER}\s*节")),
    (3, re.compile(r"^[一二三四五六七八九十]+、")),
    (4, re.compile(r"^[（(][一二三四五六七八九十]+[）)]")),
)
_ARTICLE = re.compile(rf"^(第\s*{_NUMBER}\s*条(?:之[一二三四五六七八九十])?)[\s:：　]*")
_ENDS = ("。", "；", "，", ";", ",", "：", ":", "！", "？", "、")
_TITLE_LENGTH = 40
_PLAIN_TITLE_LENGTH = 30
_PLAIN_LEVEL = 7
_ARTICLE_LEVEL = 8
_PARAGRAPH = 60  # an unnumbered short line is a heading only before a paragraph this long


def passages(blocks: Sequence[Block]) -> tuple[Passage, ...]:
    """The passages in order, each once, with the headings above it."""
    builder = _Builder()
    for block in _with_headings(blocks):
        builder.take(block)
    builder.close()
    return tuple(dict.fromkeys(builder.found))


def _with_headings(blocks: Sequence[Block]) -> Iterable[Block]:
    """The blocks with lines that are headings by their numbering or place marked as such."""
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        level = _level(block, following) if block.kind == "text" else 0
        yield Block("heading", block.text, level) if level else block


def _level(block: Block, following: Block | None) -> int:
    text = block.text.strip()
    if len(text) > _TITLE_LENGTH or text.endswith(_ENDS) or "\n" in text:
        return 0
    for level, pattern in _LEVELS:
        if pattern.match(text):
            return level
    titled = len(text) <= _PLAIN_TITLE_LENGTH and not _ARTICLE.match(text)
    before_text = following is not None and following.kind == "text"
    if titled and before_text and following and len(following.text) >= _PARAGRAPH:
        return _PLAIN_LEVEL
    return 0


class _Builder:
    """Gathers paragraphs under the headings in force until a passage is full."""

    def __init__(self) -> None:
        self.found: list[Passage] = []
        self._headings: dict[int, str] = {}
        self._lines: list[str] = []

    def take(self, block: Block) -> None:
        if block.kind == "heading":
            self._head(block.level, block.text.strip())
        elif block.kind == "row":
            self.close()
            self._lines = [block.text]
            self.close()
        else:
            self._text(block.text.strip())

    def _head(self, level: int, text: str) -> None:
        self.close()
        kept = {known: name for known, name in self._headings.items() if known < level}
        self._headings = kept | {level: " ".join(text.split())}

    def _text(self, text: str) -> None:
        article = _ARTICLE.match(text)
        if article:
            self._head(_ARTICLE_LEVEL, article.group(1).replace(" ", ""))
            text = text[article.end() :]
        elif sum(map(len, self._lines)) >= _FULL and _ARTICLE_LEVEL not in self._headings:
            self.close()
        self._lines.append(text)

    def close(self) -> None:
        """End the passage being gathered, if there is one."""
        path = tuple(self._headings[level] for level in sorted(self._headings))
        text = "\n".join(line for line in self._lines if line)
        self.found += [Passage(part, path) for part in _parts(text)]
        self._lines = []


def _parts(text: str) -> list[str]:
    """`text` in pieces of at most about LONGEST characters, cut between sentences."""
    if len(text) <= LONGEST:
        return [text] if text else []
    pieces, piece = [], ""
    for sentence in sentences(text):
        if piece and len(piece) + len(sentence) > LONGEST:
            pieces.append(piece)
            piece = ""
        piece += sentence
    return [*pieces, piece]
