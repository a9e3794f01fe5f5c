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
STEPS_BACK = 6


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message offers to a form.

    `word` is a short message in plain form, without what a thumb adds (spaces, full-width digits,
    a full stop); empty where the message is no short text. `found` holds what was recognised, by
    entity name; a slot names the entity that may fill it. `corrects` names the entities that may
    also replace what was told before. Values are plain JSON, for progress is stored.
    """

    text: str
    kind: Kind = Kind.TEXT
    found: Values = field(default_factory=dict)
    word: str = ""
    corrects: frozenset[str] = frozenset()


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
Nod: TypeAlias = Callable[[Heard, Values], str]
Condition: TypeAlias = Callable[[Values], bool]


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing a form wants to know.

    `parse` takes only what is surely an answer, and raises Misheard otherwise; `accept`, where
    given, takes what is left when the message turned out to be nothing else either (free words).
    `entity` names what may fill the slot unasked; a slot that is `silent` is filled in no other
    way (see `silent`), `many` collects values in a list. A slot with `opened_by` is asked only
    while the value of that name is set, one with `asked_if` only while that says so; 0 goes back
    from there, unless the slot `leaves`: then it cancels the form as everywhere.
    `nod`, where given, answers a message that offered something to other slots while this one is
    open, in place of the whole question; empty words leave it at the question.
    """

    name: str
    question: Question
    parse: Parser
    accept: Parser | None = None
    entity: str = ""
    many: bool = False
    silent: bool = False
    opened_by: str = ""
    leaves: bool = False
    nod: Nod | None = None
    asked_if: Condition | None = None


def silent(name: str, *, many: bool = False) -> Slot:
    """A slot that is never asked for: it takes what messages offer under its name."""
    return Slot(name, _unasked, _unheard, entity=name, many=many, silent=True)


def _unasked(_values: Values) -> str:
    return ""


def _unheard(_heard: Heard, _values: Values) -> Any:
    raise Misheard


@dataclass(frozen=True, slots=True)
class Form:
    """A named list of slots; `version` grows when slots change their meaning.

    `context` names the values that are no slots and are kept when the version changes.
    """

    name: str
    version: int
    slots: tuple[Slot, ...]
    context: frozenset[str] = frozenset()

    def slot(self, name: str) -> Slot:
        """The slot of that name; KeyError where there is none."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a form is filled: plain values, so that it survives a restart.

    `asking` names the open slot. `past` holds the slots asked before it, oldest first, each with
    the values of that moment, so that a step back undoes what came of it. `misses` counts
    messages in a row that were no answer.
    """

    values: Values = field(default_factory=dict)
    asking: str = ""
    past: tuple[tuple[str, Values], ...] = ()
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
    return _next(form, Progress(), _fill(form, dict(values), heard, None))


def advance(form: Form, progress: Progress, heard: Heard, *, lenient: bool = False) -> Step:
    """Gives a message to the open slot.

    First strictly; with `lenient` also as free words, which the caller asks for only after no
    other reading of the message was found.
    """
    slot = form.slot(progress.asking)
    filled = _fill(form, dict(progress.values), heard, slot)
    words_left = bool(slot.accept and heard.text and not lenient)
    try:
        value = (slot.accept if lenient and slot.accept else slot.parse)(heard, filled)
    except Misheard as problem:
        if filled == dict(progress.values) or words_left:
            return NotAnAnswer(str(problem))
        return _nodded(slot, heard, _next(form, progress, filled))
    if isinstance(value, Redo):
        kept = {name: v for name, v in filled.items() if name not in value.slots}
        return _next(form, progress, kept | dict(value.keep))
    return _next(form, progress, filled | {slot.name: value})


def ask_again(form: Form, progress: Progress, problem: str = "") -> Ask:
    """The open question once more, after an interruption or an answer that was none."""
    slot = form.slot(progress.asking)
    again = replace(progress, misses=progress.misses + 1) if problem else progress
    return Ask(again, slot.question(again.values), problem)


def step_back(form: Form, progress: Progress) -> Ask:
    """Back to the question before the open one; the first question stays. What was sent of a
    `many` slot since (pictures) is kept.
    """
    if not progress.past:
        return ask_again(form, progress)
    *past, (asking, values) = progress.past
    many = {slot.name for slot in form.slots if slot.many}
    sent = {name: value for name, value in progress.values.items() if name in many}
    return ask_again(form, Progress({**values, **sent}, asking, tuple(past)))


def resume(form: Form, values: Values) -> Ask | Done:
    """Takes up values kept under an older version of the form: slots that still exist stay."""
    names = {slot.name for slot in form.slots} | form.context
    return _next(form, Progress(), {name: v for name, v in values.items() if name in names})


def _fill(form: Form, values: dict[str, Any], heard: Heard, asking: Slot | None) -> dict[str, Any]:
    """Values with what the message offers unasked; what was told before only where it corrects."""
    for slot in form.slots:
        offered = heard.found.get(slot.entity) if slot.entity else None
        if offered is None or slot is asking:
            continue
        if slot.many:
            values[slot.name] = [*values.get(slot.name, ()), offered]
        elif slot.name not in values or slot.entity in heard.corrects:
            values[slot.name] = offered
    return values


def _next(form: Form, before: Progress, values: Values) -> Ask | Done:
    for slot in form.slots:
        if slot.silent or slot.name in values:
            continue
        if slot.opened_by and not values.get(slot.opened_by):
            continue
        if slot.asked_if is not None and not slot.asked_if(values):
            continue
        past = before.past
        if before.asking and before.asking != slot.name:
            past = (*past, (before.asking, before.values))[-STEPS_BACK:]
        return Ask(Progress(values, slot.name, past), slot.question(values))
    return Done(values)


def _nodded(slot: Slot, heard: Heard, step: Ask | Done) -> Ask | Done:
    """The step with a short nod in place of the question, where the same slot stays open."""
    if slot.nod is None or isinstance(step, Done) or step.progress.asking != slot.name:
        return step
    return replace(step, text=slot.nod(heard, step.progress.values) or step.text)
