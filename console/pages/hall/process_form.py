"""The form of a process: its head and its stages as fields, and the text that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from console.forms import number_or_none
from console.pages.hall.plan_form import ELECTORATE_NAMES
from deliberation.presets import PRESETS
from services.ballots import METHOD_NAMES
from services.processes import (
    CONDITION_NAMES,
    KIND_NAMES,
    Condition,
    Electors,
    Process,
    Stage,
    StageKind,
)

SPARE = 2
"""Empty stages at the end of the form, to be filled in."""
MOST = 40
FLAGS = ("optional", "sign_in", "in_meeting")
WORDS = ("records", "publishes", "rule")


@dataclass(frozen=True, slots=True)
class StageRow:
    """The fields of one stage, as text; `place` is where it stands, empty for a new one."""

    key: str = ""
    name: str = ""
    kind: str = str(StageKind.MEETING)
    days: str = "7"
    place: str = ""
    actors: str = ""
    entry: tuple[str, ...] = ()
    records: str = ""
    publishes: str = ""
    rule: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessFields:
    """The fields of a process, as text."""

    key: str
    name: str
    source: str
    seats: str
    stakeholders: str
    electorate: str
    rule: str
    method: str
    named_only: bool
    stages: tuple[StageRow, ...]


OFFERED: Mapping[str, list[tuple[str, str]]] = {
    "kinds": [(str(kind), name) for kind, name in KIND_NAMES.items()],
    "conditions": [(str(one), name) for one, name in CONDITION_NAMES.items()],
    "electorates": [(str(kind), name) for kind, name in ELECTORATE_NAMES.items()],
    "methods": [(str(kind), name) for kind, name in METHOD_NAMES.items()],
    "rules": [(key, f"{rule.name}（{rule.source}）") for key, rule in PRESETS.items()],
}


def fields_of(process: Process) -> ProcessFields:
    """The form as it begins: the process as it is."""
    rows = [_row(number, stage) for number, stage in enumerate(process.stages, 1)]
    return ProcessFields(
        key=process.key,
        name=process.name,
        source=process.source,
        seats="\n".join(seat.title for seat in process.seats),
        stakeholders=str(process.stakeholders),
        electorate=str(process.electorate),
        rule=process.rule,
        method=str(process.method),
        named_only=process.named_only,
        stages=(*rows, *[StageRow()] * SPARE),
    )


def _row(number: int, stage: Stage) -> StageRow:
    return StageRow(
        key=stage.key,
        name=stage.name,
        kind=str(stage.kind),
        days=str(stage.days),
        place=str(number),
        actors="、".join(stage.actors),
        entry=tuple(map(str, stage.entry)),
        records=stage.records,
        publishes=stage.publishes,
        rule=stage.rule,
        flags=tuple(flag for flag in FLAGS if getattr(stage, flag)),
    )


def read(form: Mapping[str, str]) -> ProcessFields:
    """What a form brought, as it was typed."""
    numbers = [n for n in range(MOST) if f"s{n}-name" in form]
    return ProcessFields(
        key=form.get("key", ""),
        name=form.get("name", "").strip(),
        source=form.get("source", "").strip(),
        seats=form.get("seats", ""),
        stakeholders=form.get("stakeholders", "").strip(),
        electorate=form.get("electorate", str(Electors.PERSONS)),
        rule=form.get("rule", ""),
        method=form.get("method", ""),
        named_only=form.get("named_only") == "1",
        stages=tuple(_typed(form, f"s{n}-") for n in numbers),
    )


def _typed(form: Mapping[str, str], head: str) -> StageRow:
    def word(name: str) -> str:
        return form.get(head + name, "").strip()

    return StageRow(
        key=word("key"),
        name=word("name"),
        kind=word("kind"),
        days=word("days"),
        place=word("place"),
        actors=word("actors"),
        records=word("records"),
        publishes=word("publishes"),
        rule=word("rule"),
        entry=tuple(str(one) for one in Condition if word(f"entry-{one}") == "1"),
        flags=tuple(flag for flag in FLAGS if word(flag) == "1"),
    )


def text_of(given: ProcessFields, before: Process) -> str:
    """The YAML that the fields make, with the seats' roles as they were; checked by nobody yet.

    A stage without a name is left out; stages stand in the order of their places.
    """
    roles = {seat.title: seat.role for seat in before.seats}
    titles = [line.strip() for line in given.seats.splitlines() if line.strip()]
    seats = [{"role": roles.get(t, f"seat{n}"), "title": t} for n, t in enumerate(titles, 1)]
    made: dict[str, Any] = {"key": given.key, "name": given.name, "source": given.source}
    if seats:
        made["seats"] = seats
    made |= {
        "stakeholders": _number(given.stakeholders or "0"),
        "electorate": given.electorate,
        "rule": given.rule or None,
        "method": given.method,
        "named_only": given.named_only,
        "stages": _stages(given.stages),
    }
    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=120)


def _stages(rows: tuple[StageRow, ...]) -> list[dict[str, Any]]:
    named = [row for row in rows if row.name]
    used = {row.key for row in named}
    fresh = (key for key in (f"s{n}" for n in range(1, MOST * 2)) if key not in used)
    standing = sorted(named, key=lambda row: number_or_none(row.place) or MOST)
    return [_stage(row, row.key or next(fresh)) for row in standing]


def _stage(row: StageRow, key: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": key,
        "name": row.name,
        "kind": row.kind,
        "days": _number(row.days),
        "actors": [one for one in re.split(r"[\s,，、]+", row.actors) if one],
        "entry": list(row.entry),
    }
    made |= {name: getattr(row, name) for name in WORDS if getattr(row, name)}
    made |= dict.fromkeys(row.flags, True)
    return {name: value for name, value in made.items() if value != []}


def _number(text: str) -> int | str:
    """A whole number; what is none stays as it is, for the check to name it."""
    number = number_or_none(text)
    return text if number is None else number
