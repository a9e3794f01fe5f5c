"""Markdown with optional YAML front matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.entries import attributes_of, split_front_matter
from knowledge.importing.blocks import Block, Read, rows
from knowledge.importing.from_text import decode


def read_markdown(name: str, data: bytes) -> Read:
    """Headings, paragraphs, list items and tables; the first `#` heading is the title."""
    head, body = split_front_matter(decode(name, data).replace("\r\n", "\n"), name)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    blocks = list(_blocks(tokens))
    title = next((block.text for block in blocks if block.level == 1), "")
    below = tuple(block for block in blocks if block.level != 1)
    return Read(below, title, attributes_of(head, name))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    level, table, row = 0, list[list[str]](), list[str]()
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "table_open":
            table = []
        elif token.type == "tr_open":
            row = []
            table.append(row)
        elif token.type == "table_close":
            yield from rows(table)
        elif token.type == "inline":
            text = _plain(token)
            if level:
                yield Block("heading", text, level)
                level = 0
            elif token.level >= 4 and table and row is table[-1] and _in_cell(token, tokens):
                row.append(text)
            else:
                yield Block("text", text)


def _in_cell(token: Token, tokens: Sequence[Token]) -> bool:
    before = tokens[tokens.index(token) - 1]
    return before.type in {"th_open", "td_open"}


def _plain(token: Token) -> str:
    """The words of an inline token without its marks."""
    parts = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
    return "".join(parts).strip()
