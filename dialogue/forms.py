"""Forms as data: a list of slots, and one pure step that moves a form on.

`advance(form, progress, heard)` gives the next question, the filled form, or the word that this
message was no answer. Nothing here knows a channel, a table or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from dialogue.messages import Kind

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message offers to a form.

    `found` holds what was recognised in it, by entity name; a slot names the entity that may
    fill it. Values are plain JSON, for progress is stored.
    """

    text: str
    kind: Kind = Kind.TEXT
    found: Values = field(default_factory=dict)


class Misheard(Exception):
    """The message is no value for this slot; the text tells the resident what is wanted."""


@dataclass(frozen=True, slots=True)
class Redo:
    """A parser's answer that sends the resident back: the named slots are asked anew.

    With `keep`, values set at the same time.
    """

    slots: tuple[str, ...]
    keep: Values = field(default_factory=dict)


Question: TypeAlias = Callable[[Values], str]
Parser: TypeAlias = Callable[[Heard, Values], Any]


def always(_values: Values) -> bool:
    """The condition of a slot that is asked in any case."""
    return True


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing a form wants to know.

    `parse` takes only what is surely an answer, and raises Misheard otherwise; `accept`, where
    given, takes what is left when the message turned out to be nothing else either (free words).
    `entity` names what may fill the slot unasked. `many` collects values in a list and is never
    asked for. `needed` says, by the values so far, whether the slot is asked at all.
    """

    name: str
    question: Question
    parse: Parser
    accept: Parser | None = None
    entity: str = ""
    many: bool = False
    needed: Callable[[Values], bool] = always


@dataclass(frozen=True, slots=True)
class Form:
    """A named list of slots; `version` grows when slots change their meaning."""

    name: str
    version: int
    slots: tuple[Slot, ...]

    def slot(self, name: str) -> Slot:
        """The slot of that name; KeyError where there is none."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a form is filled: plain values, so that it survives a restart.

    `asked` lists the slots asked so far, the last one being open; `misses` counts answers in a
    row that were none.
    """

    values: Values = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    misses: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """The next question; `problem` says first why the last answer did not do."""

    progress: Progress
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The form is filled."""

    values: Values


@dataclass(frozen=True, slots=True)
class NotAnAnswer:
    """The message answered nothing; `problem` is what to say if nothing else claims it."""

    problem: str


Step: TypeAlias = Ask | Done | NotAnAnswer


def begin(form: Form, values: Values, heard: Heard) -> Ask | Done:
    """Starts a form with what is known and what the first message already tells."""
    return _next(form, Progress(_fill(form, dict(values), heard, None)))


def advance(form: Form, progress: Progress, heard: Heard, *, lenient: bool = False) -> Step:
    """Gives a message to the open slot.

    First strictly; with `lenient` also as free words, which the caller asks for only after no
    other reading of the message was found.
    """
    slot = form.slot(progress.asked[-1])
    filled = _fill(form, dict(progress.values), heard, slot)
    parse = slot.accept if lenient and slot.accept else slot.parse
    try:
        value = parse(heard, filled)
    except Misheard as problem:
        if filled != dict(progress.values):
            return _next(form, replace(progress, values=filled, misses=0))
        return NotAnAnswer(str(problem))
    if isinstance(value, Redo):
        kept = {name: v for name, v in filled.items() if name not in value.slots}
        return _next(form, replace(progress, values=kept | dict(value.keep), misses=0))
    return _next(form, replace(progress, values=filled | {slot.name: value}, misses=0))


def ask_again(form: Form, progress: Progress, problem: str = "") -> Ask:
    """The open question once more, after an interruption or an answer that was none."""
    slot = form.slot(progress.asked[-1])
    again = replace(progress, misses=progress.misses + 1) if problem else progress
    return Ask(again, slot.question(again.values), problem)


def step_back(form: Form, progress: Progress) -> Ask:
    """Back to the question before the open one; the first question stays."""
    earlier = progress.asked[:-1] or progress.asked
    values = {name: v for name, v in progress.values.items() if name != earlier[-1]}
    return ask_again(form, Progress(values, earlier))


def resume(form: Form, values: Values) -> Ask | Done:
    """Takes up values kept under an older version of the form: slots that still exist stay."""
    names = {slot.name for slot in form.slots}
    return _next(form, Progress({name: v for name, v in values.items() if name in names}))


def _fill(form: Form, values: dict[str, Any], heard: Heard, asking: Slot | None) -> dict[str, Any]:
    """Values that the message offers unasked; what was told before is corrected only where the
    form's last word is open (the summary that the resident is looking at).
    """
    last = asking is not None and asking is form.slots[-1]
    for slot in form.slots:
        offered = heard.found.get(slot.entity) if slot.entity else None
        if offered is None or slot is asking:
            continue
        if slot.many:
            values[slot.name] = [*values.get(slot.name, ()), offered]
        elif slot.name not in values or last:
            values[slot.name] = offered
    return values


def _next(form: Form, progress: Progress) -> Ask | Done:
    for slot in form.slots:
        if slot.many or slot.name in progress.values or not slot.needed(progress.values):
            continue
        asked = tuple(name for name in progress.asked if name != slot.name)
        moved = replace(progress, asked=(*asked, slot.name))
        return Ask(moved, slot.question(progress.values))
    return Done(progress.values)
