"""Extra questions of a category (补充问题): asked after the matter is told, each may be skipped.

Staff write them one a line, `问题` or `问题 | 选项一/选项二`; `可多选：` before the options lets
several be chosen, `数字` in their place wants a number. A question of the shipped tree is left out
where the message has the answer already (`told`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

MOST_QUESTIONS = 3
"""So that a report stays within five turns (with the matter, the place and the confirmation)."""
MOST_OPTIONS = 8
LONGEST = 40
_SEVERAL = re.compile(r"可?多选[:：]")
_CODE = re.compile(r"q(\d+)")


class Kind(StrEnum):
    """What an answer is."""

    TEXT = "text"
    NUMBER = "number"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `code` stays with it as long as its words do. `options` are (key, name).

    `told` is a pattern of the words by which a message has answered it.
    """

    code: str
    text: str
    kind: Kind = Kind.TEXT
    options: tuple[tuple[str, str], ...] = ()
    told: str = ""

    def is_told(self, text: str) -> bool:
        """Whether a message answers the question already, by the words (`told`) that say so."""
        return bool(self.told and re.search(self.told, text))

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "code": self.code,
            "text": self.text,
            "kind": self.kind.value,
            "options": [list(option) for option in self.options],
            **({"told": self.told} if self.told else {}),
        }


class BadQuestions(Exception):
    """What staff wrote is no list of questions; the message names the line."""


def from_json(stored: Sequence[dict[str, Any]]) -> tuple[Question, ...]:
    """The questions as they were stored."""
    return tuple(
        Question(
            one["code"],
            one["text"],
            Kind(one["kind"]),
            tuple((key, name) for key, name in one["options"]),
            one.get("told", ""),
        )
        for one in stored
    )


def answer_line(text: str, answer: str) -> str:
    """A question with its answer, as it stands in the description: 灯坏了几天了：3."""
    return f"{text.rstrip('？?')}：{answer}"


def read_lines(text: str, before: Sequence[Question] = ()) -> tuple[Question, ...]:
    """What staff wrote; a question whose words are as `before` keeps its code and `told`.

    Raises BadQuestions for too many, too long, or options that are none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_QUESTIONS:
        raise BadQuestions(f"最多 {MOST_QUESTIONS} 个问题，多了居民会嫌烦")
    known = {one.text: one for one in before}
    last = max((int(m[1]) for one in before if (m := _CODE.fullmatch(one.code))), default=0)
    found: list[Question] = []
    for number, line in enumerate(lines, 1):
        words, _, rest = (part.strip() for part in line.replace("｜", "|").partition("|"))
        if not 2 <= len(words) <= LONGEST:
            raise BadQuestions(f"第 {number} 行：问题写 2 到 {LONGEST} 个字")
        if words in {one.text for one in found}:
            raise BadQuestions(f"第 {number} 行：和前面的问题一样")
        last += words not in known
        kind, options = _options(rest, number)
        was = known.get(words, Question(f"q{last}", words))
        found.append(replace(was, kind=kind, options=options))
    return tuple(found)


def _options(rest: str, number: int) -> tuple[Kind, tuple[tuple[str, str], ...]]:
    if not rest or rest == "数字":
        return (Kind.NUMBER if rest else Kind.TEXT), ()
    kind = Kind.SEVERAL if _SEVERAL.match(rest) else Kind.ONE
    names = [name.strip() for name in re.split("[/、／]", _SEVERAL.sub("", rest, count=1))]
    if not 2 <= len(names) <= MOST_OPTIONS or not all(names) or len(set(names)) < len(names):
        raise BadQuestions(f"第 {number} 行：选项写 2 到 {MOST_OPTIONS} 个，用 / 分开，不能重复")
    if any(len(name) > LONGEST // 2 for name in names):
        raise BadQuestions(f"第 {number} 行：一个选项最多 {LONGEST // 2} 个字")
    return kind, tuple((str(key), name) for key, name in enumerate(names, 1))


def write_lines(questions: Sequence[Question]) -> str:
    """The questions as staff write them; `read_lines` reads them back."""
    return "\n".join(f"{one.text}{_written(one)}" for one in questions)


def _written(question: Question) -> str:
    names = "/".join(name for _, name in question.options)
    return {
        Kind.TEXT: "",
        Kind.NUMBER: " | 数字",
        Kind.ONE: f" | {names}",
        Kind.SEVERAL: f" | 可多选：{names}",
    }[question.kind]
