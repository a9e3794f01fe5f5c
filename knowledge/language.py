"""How residents ask: words of little weight, parts of an entry, and everyday terms; all data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.text import normalise

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Aspect:
    """A part of an entry that can be asked for, e.g. its materials."""

    name: str
    label: str
    headings: tuple[str, ...]
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """`terms` are pairs (everyday term, term as documents write it), both normalised.

    `matters` are names of matters: a document without one that is asked for is not the answer.
    `residue` are words that are no subject where a question has nothing else. `elsewhere` are
    questions about other matters, which hold back what does not have them.
    """

    light: frozenset[str]
    aspects: tuple[Aspect, ...]
    terms: tuple[tuple[str, str], ...]
    matters: frozenset[str]
    residue: frozenset[str] = frozenset()
    elsewhere: tuple[str, ...] = ()

    def aspect_of_heading(self, heading: str) -> str | None:
        """The aspect that a section heading announces, or None."""
        for aspect in self.aspects:
            if any(word in heading for word in aspect.headings):
                return aspect.name
        return None

    def label(self, aspect: str) -> str:
        """The Chinese name of an aspect."""
        return next(found.label for found in self.aspects if found.name == aspect)


def _pairs(groups: Mapping[str, Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (normalise(str(everyday)), normalise(official))
        for official, group in groups.items()
        for everyday in group
    )


def _words(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def load_language(*extra_thesauri: Path) -> Language:
    """The shipped language data with a community's own files of terms added."""
    data = yaml.safe_load((DATA / "language.yaml").read_text("utf-8"))
    light, residue = (_words(data[part]) for part in ("light", "residue"))
    aspects = tuple(
        Aspect(name, part["label"], tuple(part["headings"]), tuple(part["cues"]))
        for name, part in data["aspects"].items()
    )
    terms: tuple[tuple[str, str], ...] = ()
    for path in (DATA / "thesaurus.yaml", *extra_thesauri):
        terms += _pairs(yaml.safe_load(path.read_text("utf-8")))
    named = yaml.safe_load((DATA / "matters.yaml").read_text("utf-8"))
    matters = frozenset(normalise(matter) for group in named.values() for matter in group)
    elsewhere = tuple((DATA / "elsewhere.txt").read_text("utf-8").split("\n"))
    others = tuple(line for line in elsewhere if line and not line.startswith("#"))
    return Language(light, aspects, terms, matters, residue, others)


@lru_cache(maxsize=1)
def shipped_language() -> Language:
    """The shipped language data, read once."""
    return load_language()
