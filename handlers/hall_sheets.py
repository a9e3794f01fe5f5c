"""问卷 in chat: one question at a time; what is answered stays, 问卷 goes on where one stopped."""

from __future__ import annotations

import re
from typing import Any

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten, tapped
from handlers.hall_words import GONE, told
from handlers.kit import Begin, Choice, FormService, Request, Say, Turn
from handlers.words import by_when, has_words
from services import questionnaires
from services.question_forms import NoAnswer, Question, QuestionKind
from storage.questionnaires import Questionnaire

NONE_OPEN = "现在没有要填的问卷。回复“议题”看社区在议什么。"
SCALE = ("很不满意", "不满意", "一般", "满意", "很满意")
SKIP = "跳过"
LATER = "先到这里"


def sheets(turn: Turn, _request: Request) -> Say:
    """The questionnaires to fill; the only one at once."""
    found = questionnaires.open_for(turn.session, turn.resident, turn.now)
    if not found:
        return Say(NONE_OPEN)
    if len(found) == 1:
        return _go_on(turn, found[0])
    choices = tuple(Choice(shorten(one.title, 20), "hall.sheet", str(one.id)) for one in found[:8])
    return Say("有几份问卷，填哪一份？", choices, way_out="先不填")


def sheet(turn: Turn, request: Request) -> Say:
    """One questionnaire, from where the resident stopped."""
    one = questionnaires.sheet_of(turn.session, turn.community.id, int(request.argument))
    return _go_on(turn, one) if one else Say(GONE)


def _go_on(turn: Turn, one: Questionnaire) -> Say:
    try:
        question = questionnaires.asking(turn.session, one, turn.resident, turn.now)
    except NoAnswer as error:
        return Say(f"{error}。")
    begun = questionnaires.response_of(turn.session, one, turn.resident) is not None
    who = questionnaires.AUDIENCES[one.audience]
    intro = "接着上次的填。" if begun else f"{shorten(one.intro, 100)}\n{who}，只公布汇总。".strip()
    lead = f"【{one.title}】截止{by_when(turn, one.closes_at)}\n{intro}"
    return Say(lead, begin=_begin(one, question))


def _begin(one: Questionnaire, question: Question) -> Begin:
    keys = [asked.key for asked in questionnaires.questions_of(one)]
    values = {
        "sheet": one.id,
        "kind": question.kind.value,
        "options": list(_options(question)),
        "text": f"第{keys.index(question.key) + 1}题：{question.text}",
        "optional": question.optional,
    }
    return Begin(FORM.name, values, text="")


def _options(question: Question) -> tuple[str, ...]:
    return SCALE if question.kind is QuestionKind.SCALE else question.options


def _ask(values: Values) -> str:
    labels = [*values["options"], *([SKIP] if values["optional"] else [])]
    how = {"multiple": "（可以选几个，如“1 3”）", "text": "（打字回答）"}.get(values["kind"], "")
    return f"{values['text']}{how}\n{numbered(labels, way_out=LATER)}"


def _read(heard: Heard, values: Values) -> dict[str, Any]:
    """The answer in a box of its own, as None is one too."""
    options, number = values["options"], tapped(heard.word)
    if values["kind"] == QuestionKind.TEXT and told(heard) and heard.word != SKIP:
        return {"answer": heard.text.strip()}
    if values["optional"] and (number == len(options) + 1 or heard.word == SKIP):
        return {"answer": None}
    if values["kind"] == QuestionKind.MULTIPLE:
        return {"answer": [options[n - 1] for n in _numbers(heard, number, len(options))]}
    if heard.word in options:
        number = options.index(heard.word) + 1
    if not options or number is None or not 1 <= number <= len(options):
        raise Misheard("请回复上面的号码。" if options else "请打字回答。")
    scale = values["kind"] == QuestionKind.SCALE
    return {"answer": number if scale else options[number - 1]}


def _numbers(heard: Heard, number: int | None, most: int) -> list[int]:
    spaced = re.fullmatch(r"[\d\s,，、和]+", heard.text.strip())
    told = [number] if number else [int(n) for n in re.findall(r"\d", heard.text) if spaced]
    if not told or not all(1 <= n <= most for n in told):
        raise Misheard("请回复上面的号码，可以几个，如“1 3”。")
    return told


def _take(heard: Heard, values: Values) -> dict[str, Any]:
    if values["kind"] != QuestionKind.TEXT or not has_words(heard.text):
        return _read(heard, values)
    return {"answer": heard.text.strip()}


FORM = Form(
    name="hall_sheet",
    version=1,
    slots=(Slot("given", _ask, _read, _take),),
    context=frozenset({"sheet", "kind", "options", "text", "optional"}),
)


def answered(turn: Turn, values: Values) -> Say:
    """Keeps the answer and asks the next question."""
    one = questionnaires.sheet_of(turn.session, turn.community.id, values["sheet"])
    if one is None:
        return Say(GONE)
    given = values["given"]["answer"]
    try:
        question = questionnaires.answer(turn.session, one, turn.resident, given, turn.now)
    except NoAnswer as error:
        return Say(f"{error}。")
    if question is None:
        return Say("填完了，谢谢！结果公布了会在“议题”里看到。")
    return Say("记下了。", begin=_begin(one, question))


def given_up(_turn: Turn, _values: Values) -> Say:
    """What was answered stays."""
    return Say("好，填过的都留着。回复“问卷”接着填。")


ACTIONS = {"hall.sheets": sheets, "hall.sheet": sheet}
FORMS = (FormService(FORM, answered, given_up=given_up, open_ended=True),)
