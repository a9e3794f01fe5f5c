"""Entries of the base: Markdown files with YAML front matter, one matter each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.documents import Document, Passage
from knowledge.importing.errors import UnreadableDocumentError

SHIPPED = Path(__file__).parent / "base"
_FENCE = "---"
_KEYS = {
    "title", "issuer", "number", "issued", "effective", "valid_until", "area",
    "source", "aliases", "supersedes", "version", "sample",
}  # fmt: skip


def read_entries(folder: Path = SHIPPED) -> list[Document]:
    """All entries of a folder, by file name; raises UnreadableDocumentError with the file named."""
    return [read_entry(path.read_text("utf-8"), path.stem) for path in sorted(folder.glob("*.md"))]


def read_entry(text: str, name: str) -> Document:
    """One entry. The front matter gives the attributes, each `##` heading starts a passage."""
    head, body = split_front_matter(text, name)
    unknown = set(head) - _KEYS
    if unknown:
        raise UnreadableDocumentError(name, f"文件头有不认识的项：{'、'.join(sorted(unknown))}")
    if not head.get("title"):
        raise UnreadableDocumentError(name, "文件头缺少标题（title）")
    return Document(id=name, passages=_passages(body), **_attributes(head, name))


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


def _attributes(head: dict[str, Any], name: str) -> dict[str, Any]:
    dated = {key: _day(head.get(key), key, name) for key in ("issued", "effective", "valid_until")}
    named = {key: str(head.get(key) or "") for key in ("title", "issuer", "number", "source", "area")}
    listed = {key: tuple(map(str, head.get(key) or ())) for key in ("aliases", "supersedes")}
    rest = {"version": int(head.get("version", 1)), "sample": bool(head.get("sample", False))}
    return dated | named | listed | rest


def _day(value: object, key: str, name: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise UnreadableDocumentError(name, f"文件头的 {key} 应写成 2025-03-01 这样的日期")


def _passages(body: str) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for block in f"\n{body}".split("\n## "):
        heading, _, text = block.partition("\n")
        if text.strip():
            found.append(Passage(text.strip(), (heading.strip(),) if heading.strip() else ()))
    return tuple(found)
