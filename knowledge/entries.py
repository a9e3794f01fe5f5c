"""Entries of the base: Markdown files with YAML front matter, one matter each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.documents import Document, Passage
from knowledge.errors import UnreadableDocumentError

SHIPPED = Path(__file__).parent / "base"
_FENCE = "---"


def read_entries(folder: Path = SHIPPED) -> list[Document]:
    """All entries of a folder, by file name; raises UnreadableDocumentError with the file named."""
    return [read_entry(path.read_text("utf-8"), path.stem) for path in sorted(folder.glob("*.md"))]


def read_entry(text: str, name: str) -> Document:
    """One entry. The front matter gives the attributes, each `##` heading starts a passage."""
    head, body = split_front_matter(text, name)
    attributes = attributes_of(head, name)
    if not attributes.get("title"):
        raise UnreadableDocumentError(name, "文件头缺少标题（title）")
    return Document(id=name, passages=_passages(body), **attributes)


def split_front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The YAML between two `---` lines at the start, and the rest; {} where there is none."""
    if not text.startswith(_FENCE + "\n"):
        return {}, text
    head, fence, body = text[len(_FENCE) + 1 :].partition(f"\n{_FENCE}\n")
    if not fence:
        raise UnreadableDocumentError(name, "文件头没有结束的“---”行")
    try:
        data = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise UnreadableDocumentError(name, "文件头不是有效的 YAML") from error
    if not isinstance(data, dict):
        raise UnreadableDocumentError(name, "文件头应是“项: 值”的列表")
    return data, body


def attributes_of(head: dict[str, Any], name: str) -> dict[str, Any]:
    """Front matter as fields of Document, only those given; raises UnreadableDocumentError."""
    unknown = set(head) - set(_KEYS)
    if unknown:
        raise UnreadableDocumentError(name, f"文件头有不认识的项：{'、'.join(sorted(unknown))}")
    return {key: _KEYS[key](value, key, name) for key, value in head.items() if value is not None}


def _day(value: object, key: str, name: str) -> date:
    if isinstance(value, date):
        return value
    raise UnreadableDocumentError(name, f"文件头的 {key} 应写成 2025-03-01 这样的日期")


def _line(value: object, key: str, name: str) -> str:
    if isinstance(value, str | int | float | date):
        return str(value)
    raise UnreadableDocumentError(name, f"文件头的 {key} 应是一行文字")


def _list(value: object, key: str, name: str) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    raise UnreadableDocumentError(name, f"文件头的 {key} 应是列表，如 [甲, 乙]")


def _version(value: object, key: str, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UnreadableDocumentError(name, f"文件头的 {key} 应是整数")


def _flag(value: object, key: str, name: str) -> bool:
    if isinstance(value, bool):
        return value
    raise UnreadableDocumentError(name, f"文件头的 {key} 应是 true 或 false")


_KEYS: Mapping[str, Callable[[object, str, str], Any]] = {
    **dict.fromkeys(("title", "issuer", "number", "source", "area"), _line),
    **dict.fromkeys(("issued", "effective", "valid_until"), _day),
    **dict.fromkeys(("aliases", "asked", "supersedes"), _list),
    "version": _version,
    "sample": _flag,
}


def _passages(body: str) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for block in f"\n{body}".split("\n## "):
        heading, _, text = block.partition("\n")
        if text.strip():
            found.append(Passage(text.strip(), (heading.strip(),) if heading.strip() else ()))
    return tuple(found)
