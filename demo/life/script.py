"""The script of the demo's life: who lives here and what happens, read from the files beside this.

A story belongs to one resident. It begins on a day (`at: -12 19:40`, days from today and local
time) or ends just before the present (`until: 40`, minutes). Its steps follow one another after
`after` minutes, `2h` or `3d`: of waking time for residents, of working time for staff, of the
clock with `duty`. `README.md` lists what a step may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
RESIDENT_ACTS = (
    *(
        "report",
        "say",
        "photo",
        "voice",
        "scan",
        "menu",
        "place",
        "follow",
        "unfollow",
        "fails",
        "rate",
    ),
)
STAFF_ACTS = (
    *("to", "note", "reply", "approve", "reject", "withdraw", "reassign", "claim"),
    *("end", "finish", "resend", "settle", "unmask", "sign_in"),
    *("supervise", "answer"),
)
SHORT = ("start", "done", "filed")
WORKING_DAY, DAY = 540, 1440
REVIEWER = "zhao"
AFTER_RESIDENT, AFTER_STAFF, APPROVAL = 15, 45, 25


class ScriptError(Exception):
    """The script cannot be played; the message names the story and the fault."""


class Rhythm(StrEnum):
    """What kind of time passes before a step."""

    AWAKE = "awake"
    OFFICE = "office"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A resident of the script; `home` is a code of the tree, `early` who followed long ago."""

    key: str
    name: str = ""
    phone: str = ""
    home: str = ""
    detail: str = ""
    early: bool = False

    @property
    def openid(self) -> str:
        return f"demo-{self.key}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does; `by` is empty for the resident of the story.

    `after` in minutes of the rhythm; `detail` holds what else the act needs.
    """

    act: str
    value: Any
    by: str
    after: int
    rhythm: Rhythm
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """What happens around one matter; `begins` in days from today and local time, else `ends` in
    minutes before the present.
    """

    name: str
    who: str
    begins: tuple[int, time] | None
    ends: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """All of the script."""

    neighbours: Mapping[str, Neighbour]
    stories: tuple[Story, ...]


def read_life(folder: Path = FOLDER) -> Life:
    """The script in `folder`; raises ScriptError."""
    people = _load(folder / "residents.yaml")
    neighbours = {one["key"]: Neighbour(**one) for one in people}
    stories = [
        _story(f"{path.stem}-{number}", value)
        for path in sorted(folder.glob("stories_*.yaml"))
        for number, value in enumerate(_load(path), 1)
    ]
    for story in stories:
        if story.who not in neighbours:
            raise ScriptError(f"{story.name}: nobody is called {story.who}")
    return Life(neighbours, tuple(stories))


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _story(name: str, value: Mapping[str, Any]) -> Story:
    name = str(value.get("name", name))
    if ("at" in value) == ("until" in value):
        raise ScriptError(f"{name}: a story has either at or until")
    steps = tuple(step for one in value["steps"] for step in _steps(name, one))
    begins = _begins(str(value["at"])) if "at" in value else None
    return Story(name, value["who"], begins, int(value.get("until", 0)), steps)


def _begins(text: str) -> tuple[int, time]:
    days, clock = text.split()
    hour, minute = clock.split(":")
    return int(days), time(int(hour), int(minute))


def _steps(story: str, value: Mapping[str, Any]) -> Iterator[Step]:
    """A step as written, with the short forms spelled out."""
    acts = [key for key in (*RESIDENT_ACTS, *STAFF_ACTS, *SHORT) if key in value]
    if "report" in acts:
        acts = ["report"]
    if len(acts) != 1:
        raise ScriptError(f"{story}: one act in a step, not {acts}: {dict(value)}")
    by = str(value.get("by", ""))
    if (acts[0] in RESIDENT_ACTS) is bool(by):
        raise ScriptError(f"{story}: {acts[0]} is not for {by or 'a resident'}")
    yield from _spelled(acts[0], value, by)


def _spelled(act: str, value: Mapping[str, Any], by: str) -> Iterator[Step]:
    if act == "start":
        first = dict(value) | {"to": "accepted", "after": value["start"]}
        yield _step("to", first, by)
        yield _step("to", {**value, "to": "working", "after": 20}, by)
    elif act == "done":
        wish = {"outcome": "fixed", **value, "to": "resolved", "why": value["done"]}
        yield _step("to", wish, by)
        yield _step("to", {"to": "review", "after": 60}, "system")
    elif act == "filed":
        yield _step("to", {**value, "to": "archived", "why": value["filed"]}, by)
    else:
        yield _step(act, value, by)
    if act == "reply" and not value.get("held"):
        passed = {"approve": True, "after": value.get("ok", APPROVAL), "fate": value.get("fate")}
        yield _step("approve", passed, REVIEWER)


def _step(act: str, value: Mapping[str, Any], by: str) -> Step:
    rhythm = Rhythm.OFFICE if by else Rhythm.AWAKE
    if value.get("duty"):
        rhythm = Rhythm.CLOCK
    usual = AFTER_STAFF if by else AFTER_RESIDENT
    after = _minutes(value.get("after", usual), rhythm)
    return Step(act, value[act], by, after, rhythm, dict(value))


def _minutes(value: Any, rhythm: Rhythm) -> int:
    text = str(value)
    unit = {"h": 60, "d": WORKING_DAY if rhythm is Rhythm.OFFICE else DAY}.get(text[-1], 1)
    return int(text.rstrip("hd")) * unit
