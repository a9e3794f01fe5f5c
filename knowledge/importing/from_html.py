"""Saved web pages: headings, paragraphs, list items and tables; navigation and scripts left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from knowledge.importing.blocks import Block, Read, rows
from knowledge.importing.from_text import decode

_SKIPPED = {"script", "style", "nav", "footer", "aside", "noscript", "template", "svg", "form"}
_ENDS_BLOCK = {"p", "div", "li", "section", "article", "br", "tr", "ul", "ol", "main", "body"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(rb"charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_META = {"publisher": "issuer", "author": "issuer", "contentsource": "issuer"}


def read_html(name: str, data: bytes) -> Read:
    """The page's title is its first h1, else its title element."""
    page = _Page()
    page.feed(_decoded(name, data))
    page.close()
    page.end_block()
    title = next((block.text for block in page.blocks if block.level == 1), page.title.strip())
    blocks = tuple(block for block in page.blocks if block.level != 1)
    return Read(blocks, title, page.attributes)


def _decoded(name: str, data: bytes) -> str:
    declared = _CHARSET.search(data[:2048])
    if declared and declared.group(1).lower() in {b"gb2312", b"gbk", b"gb18030"}:
        return data.decode("gb18030", errors="replace")
    return decode(name, data)


class _Page(HTMLParser):
    """Gathers blocks while the parser walks through the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.title = ""
        self.attributes: dict[str, str] = {}
        self._skipping = 0
        self._in_title = False
        self._level = 0
        self._text: list[str] = []
        self._table: list[list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag == "meta":
            self._meta(dict(attrs))
        elif tag == "title":
            self._in_title = True
        elif tag == "table":
            self.end_block()
            self._table = []
        elif tag == "tr" and self._table is not None:
            self._table.append([])
        elif tag in _HEADINGS:
            self.end_block()
            self._level = _HEADINGS[tag]
        elif tag in _ENDS_BLOCK and self._table is None:
            self.end_block()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "title":
            self._in_title = False
        elif tag in {"td", "th"} and self._table:
            self._table[-1].append(self._taken())
        elif tag == "table" and self._table is not None:
            self.blocks += rows(self._table)
            self._table = None
        elif (tag in _ENDS_BLOCK and self._table is None) or tag in _HEADINGS:
            self.end_block()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._skipping:
            self._text.append(data)

    def end_block(self) -> None:
        """Close the paragraph or heading being gathered."""
        text, level = self._taken(), self._level
        self._level = 0
        if text:
            self.blocks.append(Block("heading" if level else "text", text, level))

    def _taken(self) -> str:
        text = re.sub(r"\s+", " ", "".join(self._text)).strip()
        self._text = []
        return text

    def _meta(self, attributes: dict[str, str | None]) -> None:
        name = _META.get((attributes.get("name") or "").lower())
        content = (attributes.get("content") or "").strip()
        if name and content:
            self.attributes.setdefault(name, content)
