"""A hash-chained log of events, one canonical JSON object a line.

Each entry has `sequence` (from 1), `kind`, `payload`, `previous` (hash of the entry before, 64
zeros for the first) and `hash`: SHA-256 over the canonical JSON of the other four. Canonical
means UTF-8, keys sorted by code point, no space, no escapes but those JSON demands, whole
numbers only (after RFC 8785 without its number format). Whoever keeps the published hash of the
last entry can tell any later change of what came before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
GENESIS = "0" * 64
_KEYS = {"sequence", "kind", "payload", "previous", "hash"}


class BrokenChainError(ValueError):
    """The log is not what was written; `entry` is the first broken one, counted from 1."""

    def __init__(self, entry: int, reason: str) -> None:
        super().__init__(f"entry {entry}: {reason}")
        self.entry = entry
        self.reason = reason


@dataclass(frozen=True)
class Event:
    """One entry of the log."""

    sequence: int
    kind: str
    payload: Mapping[str, Json]
    previous: str
    hash: str


def canonical(value: Json) -> str:
    """The one JSON text of a value; TypeError for a float or a key that is no text."""
    _refuse_inexact(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def append(last: Event | None, kind: str, payload: Mapping[str, Json]) -> Event:
    """The entry that follows `last` (None at the start)."""
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, GENESIS)
    return Event(sequence, kind, payload, previous, _hash(sequence, kind, payload, previous))


def export(events: Iterable[Event]) -> str:
    """The log as JSON lines."""
    return "".join(f"{canonical(vars(event))}\n" for event in events)


def load(text: str) -> tuple[Event, ...]:
    """Read and check an exported log; BrokenChainError names the first broken entry."""
    events: list[Event] = []
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), 1):
        event = _parse(number, line)
        _check(event, number, events[-1].hash if events else GENESIS)
        events.append(event)
    if not events:
        raise BrokenChainError(1, "the log is empty")
    return tuple(events)


def _parse(number: int, line: str) -> Event:
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict) or fields.keys() != _KEYS:
            raise BrokenChainError(number, f"not an entry with exactly {', '.join(sorted(_KEYS))}")
        if canonical(fields) != line:
            raise BrokenChainError(number, "not in canonical form")
        return Event(**fields)
    except (json.JSONDecodeError, RecursionError, TypeError) as error:
        raise BrokenChainError(number, "not a JSON object of whole numbers and texts") from error


def _check(event: Event, number: int, previous: str) -> None:
    if event.sequence != number:
        raise BrokenChainError(number, f"has sequence {event.sequence}: added, removed or moved")
    if event.previous != previous:
        raise BrokenChainError(number, "does not follow the entry before it")
    if not isinstance(event.kind, str) or not isinstance(event.payload, dict):
        raise BrokenChainError(number, "kind or payload of the wrong type")
    if event.hash != _hash(event.sequence, event.kind, event.payload, event.previous):
        raise BrokenChainError(number, "its hash does not match its content")


def _hash(sequence: int, kind: str, payload: Mapping[str, Json], previous: str) -> str:
    content: dict[str, Json] = {
        "sequence": sequence,
        "kind": kind,
        "payload": payload,
        "previous": previous,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _refuse_inexact(value: Json) -> None:
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys of canonical JSON are texts")
        value = tuple(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            _refuse_inexact(part)
    elif value is not None and not isinstance(value, bool | int | str):
        raise TypeError(f"{type(value).__name__} has no canonical form")
