"""The form that plans a ballot or a questionnaire: what it offers, and what it brought."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from console.forms import number_or_none
from console.pages.hall.shared import local_field, moment_or_none
from deliberation.definition import Method
from deliberation.equal_shares import Completion
from deliberation.presets import PRESETS
from deliberation.ties import TieBreak
from services.ballots import METHOD_NAMES, BadBallot, NewBallot
from services.processes import Electors, Process, Stage
from services.question_forms import BadQuestions, QuestionKind
from services.questionnaires import NewQuestionnaire

ELECTORATE_NAMES = {
    Electors.PERSONS: "名册内每个成年人一票",
    Electors.HOUSEHOLDS: "每户一票",
    Electors.OWNERS: "每位业主一票，并按面积计",
    Electors.INTERESTED: "有利害关系的业主（住宅改经营）",
    Electors.LISTED: "只限列出的人（党员、代表）",
    Electors.OPEN: "谁都可以投，不代表全体居民",
}
TIE_NAMES = {
    TieBreak.EARLIER: "排在前面的",
    TieBreak.LOWER_COST: "金额少的",
    TieBreak.LOT: "抽签（事先公布承诺值）",
}
COMPLETION_NAMES = {
    Completion.NONE: "不再补",
    Completion.GREEDY: "按票数从高到低补选",
    Completion.RAISE: "把每人的份额一起提高再算",
}
KINDS = {"单选": "single", "多选": "multiple", "打分": "scale", "填空": "text"}
SEPARATOR = re.compile(r"[|｜]")


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers, with the values that it begins with."""

    methods: list[tuple[str, str]]
    electorates: list[tuple[str, str]]
    rules: list[tuple[str, str]]
    ties: list[tuple[str, str]]
    method: str
    electorate: str
    rule: str
    opens: str
    closes: str
    named_only: bool


def choices_of(process: Process, stage: Stage, now: datetime) -> Offered:
    """What a ballot in this stage of this process may be."""
    rules = [(key, f"{rule.name}（{rule.source}）") for key, rule in PRESETS.items()]
    return Offered(
        methods=[(str(key), name) for key, name in METHOD_NAMES.items()],
        electorates=[(str(key), name) for key, name in ELECTORATE_NAMES.items()],
        rules=rules,
        ties=[(str(key), name) for key, name in TIE_NAMES.items()],
        method=str(process.method),
        electorate=str(process.electorate),
        rule=stage.rule or process.rule,
        opens=local_field(now + timedelta(minutes=10)),
        closes=local_field(now + timedelta(days=stage.days)),
        named_only=process.named_only,
    )


def new_ballot(form: Mapping[str, str]) -> NewBallot:
    """The ballot that a form describes; raises BadBallot for fields that say nothing."""
    opens, closes = _span(form)
    method = Method(_one(form, "method", tuple(Method)))
    return NewBallot(
        title=form.get("title", ""),
        text=form.get("text", ""),
        opens_at=opens,
        closes_at=closes,
        method=method,
        options=() if method is Method.YES_NO else _options(form.get("options", "")),
        electorate=Electors(_one(form, "electorate", tuple(Electors))),
        listed=tuple(re.split(r"[\s,，、]+", form.get("listed", "").strip()))
        if _lists(form)
        else (),
        home=form.get("home", ""),
        rule=form.get("rule", ""),
        secret=form.get("secret") == "1",
        changeable=form.get("changeable") == "1",
        ties=TieBreak(_one(form, "ties", tuple(TieBreak))),
        **_numbers(form),
    )


def _lists(form: Mapping[str, str]) -> bool:
    named = form.get("electorate") in (Electors.LISTED, Electors.INTERESTED)
    return named and bool(form.get("listed", "").strip())


def _span(form: Mapping[str, str]) -> tuple[datetime, datetime]:
    opens, closes = moment_or_none(form.get("opens")), moment_or_none(form.get("closes"))
    if opens is None or closes is None:
        raise BadBallot("请填开始和截止的时间")
    return opens, closes


def _one(form: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = form.get(name) or str(allowed[0])
    if value not in allowed:
        raise BadBallot("选的项不认识，请重新选")
    return value


def _options(text: str) -> tuple[tuple[str, int], ...]:
    """A line for each option: its name, and behind a bar its cost in whole yuan."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        name, *cost = SEPARATOR.split(line, maxsplit=1)
        yuan = number_or_none(cost[0].strip().removesuffix("元")) if cost else 0
        if yuan is None:
            raise BadBallot(f"“{line.strip()}”的金额要是整数元")
        found.append((name.strip(), yuan))
    return tuple(found)


def _numbers(form: Mapping[str, str]) -> dict[str, Any]:
    """The whole numbers that were filled in; what is left empty keeps its default."""
    names = ("seats", "budget", "points", "high", "most")
    filled = {name: form.get(name, "").strip() for name in names if form.get(name, "").strip()}
    found = {name: number_or_none(value) for name, value in filled.items()}
    if None in found.values():
        raise BadBallot("名额、预算、分数都要是整数")
    return found


def new_questionnaire(form: Mapping[str, str]) -> NewQuestionnaire:
    """The questionnaire that a form describes; raises BadQuestions."""
    opens, closes = moment_or_none(form.get("opens")), moment_or_none(form.get("closes"))
    if opens is None or closes is None:
        raise BadQuestions("请填开始和截止的时间")
    lines = [line for line in form.get("questions", "").splitlines() if line.strip()]
    return NewQuestionnaire(
        title=form.get("title", ""),
        questions=[_question(number, line) for number, line in enumerate(lines, 1)],
        opens_at=opens,
        closes_at=closes,
        intro=form.get("intro", ""),
        audience=form.get("audience", "open"),
    )


def _question(number: int, line: str) -> dict[str, Any]:
    """`题目 | 单选 | 去、不去→3`: an arrow leads to another question, 完 to the end."""
    text, kind, *rest = (*(part.strip() for part in SEPARATOR.split(line)), "")
    if kind.removesuffix("?").removesuffix("？") not in KINDS:
        raise BadQuestions(f"第{number}题要写题型：{'、'.join(KINDS)}")
    options, goto = [], {}
    for part in filter(None, re.split(r"[、,，]", rest[0] if rest else "")):
        name, _, target = (piece.strip() for piece in part.partition("→"))
        options.append(name)
        if target:
            goto[name] = "end" if target == "完" else f"q{target}"
    name = kind.removesuffix("?").removesuffix("？")
    return {
        "key": f"q{number}",
        "text": text,
        "kind": QuestionKind(KINDS[name]),
        "options": options,
        "goto": goto,
        "optional": name != kind,
    }
