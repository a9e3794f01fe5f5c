"""Slots that are answered by a digit or by the words behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialogue.forms import Heard, Misheard, Question, Redo, Slot, Values
from dialogue.words import numbered, tapped
from intents.normalise import normalise

_AGREED = frozenset(
    {"好", "好的", "可以", "对", "对的", "是", "是的", "行", "没错", "确认", "确定", "同意", "提交"}
)


def picked(heard: Heard, labels: Sequence[str]) -> int:
    """The place (from 0) of the label that was picked; Misheard where none was."""
    number = tapped(heard.word)
    if number and number <= len(labels):
        return number - 1
    plain = [normalise(label) for label in labels]
    if heard.word in plain:
        return plain.index(heard.word)
    raise Misheard(
        f"请回复 1 到 {len(labels)} 中的一个数字。" if len(labels) > 1 else "请回复 1 或 0。"
    )


def one_of(name: str, question: str, options: Mapping[str, str]) -> Slot:
    """A slot whose value is a key of `options`; residents see the labels."""
    keys, labels = list(options), list(options.values())

    def ask(_values: Values) -> str:
        return f"{question}\n{numbered(labels)}"

    def read(heard: Heard, _values: Values) -> str:
        return keys[picked(heard, labels)]

    return Slot(name, ask, read)


def sure(summary: Question, go: str, edits: Mapping[str, str]) -> Slot:
    """The last question of a form: the summary, 1 to go, and the edits, each of which asks a slot
    anew; `edits` maps labels to slots.
    """
    labels = [go, *edits]

    def ask(values: Values) -> str:
        return f"{summary(values)}\n{numbered(labels)}"

    def read(heard: Heard, _values: Values) -> bool | Redo:
        chosen = 0 if heard.word in _AGREED else picked(heard, labels)
        return Redo((edits[labels[chosen]],)) if chosen else True

    return Slot("sure", ask, read)
