"""Documents and their passages, and the days on which each may be served."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_BRIEF, _SHORT = 12, 1200  # passages, and characters in all: four times the longest entry shipped


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that can answer by itself; `path` are the headings above it."""

    text: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document or an entry of the base.

    `number` is the issuer's number (文号). A document is served from `effective` (or from ever)
    to `valid_until`, both included, in `area` and the places within it ("" is everywhere).
    `source` names the law or rule behind it; `aliases` are other names of the matter; `asked` are
    ways in which residents ask for it, in whole questions or a few words;
    `supersedes` are ids of documents it takes the place of from its own first day. Of several
    versions of one id the newest in force counts. `sample` marks text a community must replace.
    """

    id: str
    title: str
    passages: tuple[Passage, ...]
    issuer: str = ""
    number: str = ""
    issued: date | None = None
    effective: date | None = None
    valid_until: date | None = None
    area: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    version: int = 1
    sample: bool = False

    @property
    def brief(self) -> bool:
        """Whether it is about one matter, as an entry is, and is looked through as a whole."""
        length = sum(len(passage.text) for passage in self.passages)
        return len(self.passages) <= _BRIEF and length <= _SHORT

    def begins(self) -> date:
        """The first day it may be served."""
        return self.effective or date.min

    def ends(self) -> date:
        """The last day it may be served, were nothing put in its place."""
        return self.valid_until or date.max


def windows(documents: Sequence[Document]) -> list[tuple[int, int]]:
    """First and last day each document may be served, as ordinals; the last may be before.

    A document ends on the day before another begins that names it in `supersedes` or is a
    higher version of the same id.
    """
    followers: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        for name in {document.id, *document.supersedes}:
            followers[name].append(document)
    return [_window(document, followers[document.id]) for document in documents]


def _window(document: Document, followers: Iterable[Document]) -> tuple[int, int]:
    last = document.ends().toordinal()
    for other in followers:
        if _replaces(other, document):
            last = min(last, other.begins().toordinal() - 1)
    return document.begins().toordinal(), last


def _replaces(newer: Document, older: Document) -> bool:
    if newer.id == older.id:
        return newer.version > older.version
    return older.id in newer.supersedes
