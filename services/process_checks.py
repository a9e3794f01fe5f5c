"""What a process must be like before a community keeps it; topics that run are not asked again."""

from __future__ import annotations

from services.processes import (
    CONDITION_NAMES,
    KIND_NAMES,
    BadProcess,
    Condition,
    Process,
    Stage,
    StageKind,
)

NEEDS = {
    Condition.BALLOTS_CLOSED: StageKind.BALLOT,
    Condition.BALLOTS_PASSED: StageKind.BALLOT,
    Condition.QUORUM_MET: StageKind.BALLOT,
    Condition.SURVEYS_CLOSED: StageKind.QUESTIONNAIRE,
    Condition.DECIDED: StageKind.DECISION,
    Condition.TASKS_SET: StageKind.DECISION,
    Condition.TASKS_DONE: StageKind.ACTION,
}
"""The stage that must come before one with this condition, else nothing could ever meet it."""
NAME, KEY, DOCUMENT = 40, 32, 60
"""How long names, keys and titles of documents may be."""


def check(process: Process) -> None:
    """Raises BadProcess for a process that could not be walked through, with what to put right."""
    _named(process.key, "流程的 key", KEY)
    _named(process.name, "流程的名称", NAME)
    _named(process.source, "流程的依据", 200)
    for seat in process.seats:
        _named(seat.title, "席位的名称", NAME)
    for number, stage in enumerate(process.stages):
        _check_stage(stage, process.stages[:number])
    if type(process.stakeholders) is not int or process.stakeholders < 0:
        raise BadProcess("利益相关方席位要是不小于 0 的整数")
    seats = process.seats or process.stakeholders
    asking = [s.name for s in process.stages if Condition.SEATS_FILLED in s.entry]
    if asking and not seats:
        raise BadProcess(f"阶段“{asking[0]}”要等席位都有人，但流程里没有席位")


def _check_stage(stage: Stage, before: tuple[Stage, ...]) -> None:
    """What each field of a stage may be, and that its conditions can be met."""
    _named(stage.name, "阶段的名称", NAME)
    _named(stage.key, f"阶段“{stage.name}”的 key", KEY)
    if len(stage.records) > DOCUMENT or len(stage.publishes) > DOCUMENT:
        raise BadProcess(f"阶段“{stage.name}”的文书名最多 {DOCUMENT} 个字")
    kinds = {one.kind for one in before}
    for condition in stage.entry:
        if condition in NEEDS and NEEDS[condition] not in kinds:
            raise BadProcess(
                f"阶段“{stage.name}”要等“{CONDITION_NAMES[condition]}”，"
                f"但它前面没有“{KIND_NAMES[NEEDS[condition]]}”的阶段"
            )
    if stage.in_meeting and stage.kind is not StageKind.BALLOT:
        raise BadProcess(f"阶段“{stage.name}”不是表决，不能选“在会上表决”")


def _named(value: object, what: str, longest: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
        raise BadProcess(f"{what}要写，最多 {longest} 个字")
