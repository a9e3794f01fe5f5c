"""What goes into the engine and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What one resident wrote; `time` is aware.

    `text` holds everything that was written; `title` is its headline where there is one, otherwise
    its first sentence serves. `place` is a name or a path in the tree of places, where it is known.
    `up` and `down` count the neighbours who clicked for and against. `person` tells writers
    apart; without it every message counts as one writer.
    """

    id: str
    time: datetime
    text: str
    title: str = ""
    place: str = ""
    up: int = 0
    down: int = 0
    person: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Messages about one matter. `rank` begins at 1; `ids` are in order of time.

    `place` is empty where no place is named by at least half of the messages.
    """

    rank: int
    heat: float
    place: str
    start: datetime
    end: datetime
    size: int
    ids: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that may be shown to everyone and is not closed; `place` as in `Message`."""

    id: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An open case that may be about the same matter; `score` is 0–1."""

    id: str
    score: float
