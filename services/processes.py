"""How topics are deliberated on (议事流程), as data: stages, who acts, what must be done first.

Shipped as YAML in `services/data/processes`. A community may keep versions of its own
(`services/process_keeping.py`); a running topic keeps the version that it began with.
Every step leaves a date, a person and a document, as 关于加强城乡社区协商的意见 (2015) asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from deliberation.definition import Method
from deliberation.presets import PRESETS

FOLDER = Path(__file__).resolve().parent / "data" / "processes"
E = TypeVar("E", bound=StrEnum)


class StageKind(StrEnum):
    """What a stage is for."""

    AGENDA = "agenda"
    INFORM = "inform"
    HEARING = "hearing"
    OPINIONS = "opinions"
    COORDINATION = "coordination"
    MEETING = "meeting"
    BALLOT = "ballot"
    QUESTIONNAIRE = "questionnaire"
    DECISION = "decision"
    ACTION = "action"
    REVIEW = "review"


class Condition(StrEnum):
    """What must hold before a stage begins; checked by `services/hall_conditions.py`."""

    SEATS_FILLED = "seats_filled"
    BALLOTS_CLOSED = "ballots_closed"
    BALLOTS_PASSED = "ballots_passed"
    QUORUM_MET = "quorum_met"
    SURVEYS_CLOSED = "surveys_closed"
    DECIDED = "decided"
    TASKS_SET = "tasks_set"
    TASKS_DONE = "tasks_done"


KIND_NAMES = {
    StageKind.AGENDA: "提出议题、确定主体",
    StageKind.INFORM: "公告、通报",
    StageKind.HEARING: "听证",
    StageKind.OPINIONS: "居民表态",
    StageKind.COORDINATION: "协调",
    StageKind.MEETING: "开会商量",
    StageKind.BALLOT: "表决",
    StageKind.QUESTIONNAIRE: "问卷",
    StageKind.DECISION: "形成决议",
    StageKind.ACTION: "实施",
    StageKind.REVIEW: "评议",
}
CONDITION_NAMES = {
    Condition.SEATS_FILLED: "必需席位都有人",
    Condition.BALLOTS_CLOSED: "表决都已截止",
    Condition.BALLOTS_PASSED: "最近一次表决通过",
    Condition.QUORUM_MET: "参与人数够",
    Condition.SURVEYS_CLOSED: "问卷都已截止",
    Condition.DECIDED: "已写决议和理由",
    Condition.TASKS_SET: "已定任务",
    Condition.TASKS_DONE: "任务都完成",
}


class Electors(StrEnum):
    """Who has a vote: adults of the register, households, owners, owners who are interested in
    what becomes of one home (民法典 279), people named, or anybody.
    """

    PERSONS = "persons"
    HOUSEHOLDS = "households"
    OWNERS = "owners"
    INTERESTED = "interested"
    LISTED = "listed"
    OPEN = "open"


class BadProcess(ValueError):
    """The text is no process; the message says where and why, in the keeper's language."""


@dataclass(frozen=True, slots=True)
class SeatKind:
    """A seat that every topic of the process needs."""

    role: str
    title: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `days` is how long it is meant to last.

    `records` and `publishes` name the document that must be written or published before the
    stage ends, empty where none; an `optional` stage may be left out. `rule`, `in_meeting` and
    `sign_in` are of ballots and meetings.
    """

    key: str
    name: str
    kind: StageKind
    days: int
    actors: tuple[str, ...] = ()
    entry: tuple[Condition, ...] = ()
    publishes: str = ""
    records: str = ""
    optional: bool = False
    sign_in: bool = False
    in_meeting: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A whole process; `stakeholders` is how many X seats a topic needs beside `seats`."""

    key: str
    name: str
    source: str
    stages: tuple[Stage, ...]
    version: int = 1
    seats: tuple[SeatKind, ...] = ()
    stakeholders: int = 0
    electorate: Electors = Electors.PERSONS
    rule: str = ""
    method: Method = Method.YES_NO
    named_only: bool = False

    def stage(self, key: str) -> Stage:
        """The stage of that key; KeyError where there is none."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    def after(self, key: str) -> tuple[Stage, ...]:
        """The stages that may follow: the next one, and those behind optional ones."""
        keys = [stage.key for stage in self.stages]
        following: list[Stage] = []
        for stage in self.stages[keys.index(key) + 1 :]:
            following.append(stage)
            if not stage.optional:
                break
        return tuple(following)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, read again by `read_process`."""
        return asdict(self)


def read_process(value: Any) -> Process:
    """A process of plain data; raises BadProcess."""
    given = _fields(value, Process, "流程")
    stages = tuple(_stage(one) for one in given.pop("stages", ()) or ())
    if not stages or len({stage.key for stage in stages}) != len(stages):
        raise BadProcess("要有阶段，每个阶段的 key 不能重复")
    if stages[0].optional or stages[0].entry:
        raise BadProcess(f"第一个阶段“{stages[0].name}”不能设进入条件，也不能略过")
    given["seats"] = tuple(SeatKind(**_fields(s, SeatKind, "席位")) for s in given.get("seats", ()))
    given["electorate"] = _one_of(Electors, given.get("electorate", Electors.PERSONS))
    given["method"] = _one_of(Method, given.get("method", Method.YES_NO))
    given["rule"] = _rule(given.get("rule"))
    try:
        return Process(stages=stages, **given)
    except TypeError as error:
        raise BadProcess("流程要有 key、name、source") from error


def parse_process(text: str) -> Process:
    """A process of a YAML text; raises BadProcess."""
    try:
        return read_process(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise BadProcess(f"不是合格的 YAML：{error}") from error


@cache
def shipped() -> Mapping[str, Process]:
    """The processes that come with the program, by key."""
    found = (parse_process(f.read_text(encoding="utf-8")) for f in sorted(FOLDER.glob("*.yaml")))
    return {process.key: process for process in found}


def shipped_text(key: str) -> str:
    """The YAML of a shipped process, to begin an own version from."""
    return (FOLDER / f"{key}.yaml").read_text(encoding="utf-8")


def _stage(value: Any) -> Stage:
    given = _fields(value, Stage, "阶段")
    name = given.get("name", given.get("key", "?"))
    given["kind"] = _one_of(StageKind, given.get("kind"))
    given["actors"] = tuple(given.get("actors", ()))
    given["entry"] = tuple(_one_of(Condition, one) for one in given.get("entry", ()))
    given["rule"] = _rule(given.get("rule"))
    if type(given.get("days")) is not int or given["days"] < 1:
        raise BadProcess(f"阶段“{name}”的天数（days）要是不小于 1 的整数")
    try:
        return Stage(**given)
    except TypeError as error:
        raise BadProcess(f"阶段“{name}”要有 key、name、kind、days") from error


def _fields(value: Any, kind: type, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise BadProcess(f"{what}的写法不对")
    unknown = set(value) - {field.name for field in fields(kind)}
    if unknown:
        raise BadProcess(f"{what}里有不认识的项：{'、'.join(sorted(map(str, unknown)))}")
    return dict(value)


def _one_of(kind: type[E], value: Any) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise BadProcess(f"“{value}”不认识，可用：{'、'.join(kind)}") from error


def _rule(name: Any) -> str:
    if name and name not in PRESETS:
        raise BadProcess(f"没有叫“{name}”的表决规则，可用：{'、'.join(PRESETS)}")
    return str(name or "")
