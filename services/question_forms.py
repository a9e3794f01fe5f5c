"""The questions of a questionnaire as data: kinds, choices, and jumps that only go forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeAlias

END = "end"
LONGEST = 300
Answer: TypeAlias = "str | list[str] | int"
Answers: TypeAlias = Mapping[str, Answer]


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    TEXT = "text"


class BadQuestions(ValueError):
    """The questions cannot be asked so; the message says why, in the staff's language."""


class NoAnswer(ValueError):
    """The words are no answer to the question; the message tells the resident what is wanted."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `goto` names where an option leads (else the next one), `end` ends."""

    key: str
    text: str
    kind: QuestionKind
    options: tuple[str, ...] = ()
    goto: Mapping[str, str] | None = None
    optional: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_questions(value: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions of plain data; raises BadQuestions."""
    questions = tuple(_question(one) for one in value)
    keys = [question.key for question in questions]
    if not keys or len(set(keys)) != len(keys) or END in keys:
        raise BadQuestions("要有题目，题号不能重复")
    for place, question in enumerate(questions):
        for option, target in (question.goto or {}).items():
            if option not in question.options:
                raise BadQuestions(f"“{question.text}”没有选项“{option}”，不能从它跳题")
            if target != END and target not in keys[place + 1 :]:
                raise BadQuestions(f"“{question.text}”只能往后跳")
    return questions


def _question(value: Mapping[str, Any]) -> Question:
    try:
        kind = QuestionKind(value["kind"])
        options = tuple(str(one).strip() for one in value.get("options", ()))
        text = str(value["text"]).strip()
        question = Question(
            str(value["key"]),
            text,
            kind,
            options,
            dict(value.get("goto") or {}),
            bool(value.get("optional", False)),
        )
    except (KeyError, ValueError) as error:
        raise BadQuestions("每道题要有题号、题目和题型") from error
    choosing = kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
    if not text or (choosing and not 2 <= len(set(options)) == len(options) <= 9):
        raise BadQuestions(f"“{text}”要有 2 到 9 个不同的选项")
    if question.goto and kind is not QuestionKind.SINGLE:
        raise BadQuestions(f"“{text}”不是单选题，不能跳题")
    return question


def following(questions: Sequence[Question], key: str, answer: Answer | None) -> str:
    """The key of the question after `key`, `end` after the last one."""
    place = [question.key for question in questions].index(key)
    jump = (questions[place].goto or {}).get(answer) if isinstance(answer, str) else None
    if jump is not None:
        return jump
    return questions[place + 1].key if place + 1 < len(questions) else END


def on_the_way(questions: Sequence[Question], answers: Answers) -> tuple[str, ...]:
    """The keys that these answers lead through; answers to others no longer count."""
    way: list[str] = []
    key = questions[0].key
    while key != END:
        way.append(key)
        key = following(questions, key, answers.get(key))
    return tuple(way)


def checked(question: Question, answer: Answer | None) -> Answer | None:
    """The answer as it is kept; raises NoAnswer where the question does not take it."""
    if answer is None or answer in ("", []):
        if question.optional:
            return None
        raise NoAnswer("这题要答一下")
    match question.kind:
        case QuestionKind.TEXT if isinstance(answer, str):
            return answer.strip()[:LONGEST]
        case QuestionKind.SCALE if isinstance(answer, int) and 1 <= answer <= 5:
            return answer
        case QuestionKind.SINGLE if answer in question.options:
            return answer
        case QuestionKind.MULTIPLE if isinstance(answer, list) and set(answer) <= set(
            question.options
        ):
            return [option for option in question.options if option in answer]
    raise NoAnswer("没有这个选项")
