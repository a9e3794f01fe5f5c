"""Places in a message against the organisation tree: 三号楼二单元, 3-2-301, 桂花苑, 小广场.

Names are found exactly, by part (`桂花` for 桂花苑小区), by sound (`贵花苑`) and with one wrong
character. Building and unit numbers are looked up below the community that was named; where none
was named and several communities have that number, each is returned with a lower score, so that
the dialogue can ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intents.normalise import normalise
from intents.pinyin import syllable_table

_SUFFIX = re.compile(
    r"(住宅)?(小区|社区|花园|家园|公寓|新村|新城|苑|里|村|街道|广场|网格|小学|幼儿园)$"
)
_NUMBERED = re.compile(
    r"(?P<building>\d{1,3}|[a-z](?=座|栋|幢|号楼))(?:栋|幢|座|号楼|号院|#楼?|号(?=\d{1,2}(?:单元|门|-)))"
    r"(?:[ ,的-]*(?P<unit>\d{1,2})(?:单元|门洞|梯|号门|-))?"
    r"(?P<detail>[ ,的]*(?:\d{1,2}[楼层](?:\d{2,4}(?:室|号|户)?)?|\d{3,4}(?:室|号|户)?))?"
    r"|(?<![\d-])(?P<b2>\d{1,3})-(?:(?P<u2>\d{1,2})-)?(?P<d2>\d{3,4})(?![\d-])"
    r"|(?P<u3>\d{1,2})单元"
    r"(?P<d3>[ ,的]*(?:\d{1,2}[楼层](?:\d{2,4}(?:室|号|户)?)?|\d{3,4}(?:室|号|户)?))?"
)
_NUMBER = re.compile(r"\d+|[a-z](?=座|栋|幢|号楼)")
_EXACT, _PARTIAL, _SOUND, _TYPO, _GUESS = 1.0, 0.9, 0.85, 0.75, 0.5


@dataclass(frozen=True)
class PlaceEntry:
    """A node of the organisation tree.

    `kind` is street, community, grid, building, unit or landmark.
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    parent: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place named in a text; `detail` is the rest of the address such as `3楼` or `301室`.

    `start` and `end` count characters of the normalised text; `score` is 1 for an exact name.
    """

    code: str
    text: str
    start: int
    end: int
    score: float
    detail: str


@dataclass(frozen=True, slots=True)
class _Hit:
    entry: PlaceEntry
    start: int
    end: int
    score: float


class Gazetteer:
    """Finds the places of one organisation tree; immutable, thread-safe."""

    def __init__(self, entries: Sequence[PlaceEntry]) -> None:
        self._entries = {entry.code: entry for entry in entries}
        self._syllables = syllable_table()
        named = [entry for entry in entries if entry.kind not in ("building", "unit")]
        self._names = [(name, entry) for entry in named for name in _spellings(entry)]
        self._spoken = [
            (name, [self._syllables.get(char, char) for char in name], entry)
            for name, entry in self._names
            if len(name) > 2
        ]
        self._parts = _partial_names(named, {name for name, _ in self._names})
        self._numbered = [
            (number, entry) for entry in entries if (number := _own_number(entry)) is not None
        ]

    def find(self, text: str) -> list[PlaceMatch]:
        """The places named in `text`, the most certain first; positions in the normalised text."""
        plain = normalise(text)
        hits = self._named(plain)
        houses = [
            match for found in _NUMBERED.finditer(plain) for match in self._house(found, hits)
        ]
        covered = {code for match in houses for code in self._above(match.code)}
        places = [
            PlaceMatch(h.entry.code, plain[h.start : h.end], h.start, h.end, h.score, "")
            for h in hits
            if h.entry.code not in covered
        ]
        return sorted([*houses, *places], key=lambda m: (-m.score, m.start, m.code))

    def _named(self, plain: str) -> list[_Hit]:
        exact = list(_occurrences(plain, self._names, _EXACT))
        part = list(_occurrences(plain, self._parts, _PARTIAL))
        hits = _longest([*exact, *part])
        return hits or _longest(list(self._similar(plain)))

    def _similar(self, plain: str) -> Iterator[_Hit]:
        heard = [self._syllables.get(char, char) for char in plain]
        written, sounded = _positions(plain), _positions(heard)
        for name, sound, entry in self._spoken:
            length = len(name)
            # a name with one wrong character has its first or its second one right
            first, second = written.get(name[0], ()), written.get(name[1], ())
            starts = {*sounded.get(sound[0], ()), *first, *(at - 1 for at in second)}
            for start in sorted(starts):
                window = plain[max(start, 0) : start + length]
                if len(window) < length:
                    continue
                wrong = sum(a != b for a, b in zip(window, name, strict=True))
                if wrong and heard[start : start + length] == sound:
                    yield _Hit(entry, start, start + length, _SOUND)
                elif wrong == 1 and length >= 4:
                    yield _Hit(entry, start, start + length, _TYPO)

    def _house(self, found: re.Match[str], hits: Sequence[_Hit]) -> Iterator[PlaceMatch]:
        building, unit = (
            found["building"] or found["b2"],
            found["unit"] or found["u2"] or found["u3"],
        )
        detail = (found["detail"] or found["d2"] or found["d3"] or "").strip(" ,的")
        scopes = {hit.entry.code for hit in hits if hit.end <= found.start() + 1}
        codes = self._numbered_below(building, scopes) if building else sorted(scopes)
        with_unit = [code for code in codes if unit and self._child(code, unit)]
        codes = with_unit if len(with_unit) == 1 else codes
        for code in codes:
            below = self._child(code, unit) if unit else None
            if building is None and below is None:
                continue
            missing = f"{unit}单元" if unit and below is None else ""
            score = 0.95 if len(codes) == 1 else _GUESS
            yield PlaceMatch(
                below or code,
                found[0].strip(" ,的"),
                found.start(),
                found.end(),
                score,
                missing + detail,
            )

    def _numbered_below(self, number: str, scopes: set[str]) -> list[str]:
        codes = [e.code for n, e in self._numbered if n == number and e.kind == "building"]
        near = [code for code in codes if scopes & set(self._above(code))]
        return near or codes

    def _child(self, parent: str, number: str) -> str | None:
        units = (e for n, e in self._numbered if e.kind == "unit" and n == number)
        return next((e.code for e in units if e.parent == parent), None)

    def _above(self, code: str) -> Iterator[str]:
        entry = self._entries.get(code)
        while entry is not None:
            yield entry.code
            entry = self._entries.get(entry.parent) if entry.parent else None


def _spellings(entry: PlaceEntry) -> list[str]:
    return [plain for name in (entry.name, *entry.aliases) if len(plain := normalise(name)) > 1]


def _partial_names(entries: Sequence[PlaceEntry], taken: set[str]) -> list[tuple[str, PlaceEntry]]:
    """Names without their kind (`桂花` for 桂花苑小区), where that still tells one place."""
    short: dict[str, list[PlaceEntry]] = {}
    for entry in entries:
        name = normalise(entry.name)
        while (stem := _SUFFIX.sub("", name)) != name and len(stem) > 1:
            name = stem
            short.setdefault(stem, []).append(entry)
    return [
        (stem, found[0]) for stem, found in short.items() if len(found) == 1 and stem not in taken
    ]


def _own_number(entry: PlaceEntry) -> str | None:
    if entry.kind not in ("building", "unit"):
        return None
    found = _NUMBER.findall(normalise(entry.name))
    return str(found[-1]) if found else None


def _positions(parts: Sequence[str]) -> dict[str, list[int]]:
    """Where each character or syllable stands."""
    found: dict[str, list[int]] = {}
    for index, part in enumerate(parts):
        found.setdefault(part, []).append(index)
    return found


def _occurrences(
    plain: str, names: Sequence[tuple[str, PlaceEntry]], score: float
) -> Iterator[_Hit]:
    for name, entry in names:
        start = plain.find(name)
        if start >= 0:
            yield _Hit(entry, start, start + len(name), score)


def _longest(hits: Sequence[_Hit]) -> list[_Hit]:
    """Of overlapping hits the longest, then the more certain, then the first by code."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, -h.score, h.entry.code)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)
