"""说事: a resident reports an issue in a few turns, most of it from the first message."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dialogue.forms import Heard, Values
from dialogue.messages import Kind
from dialogue.words import shorten
from handlers import report_same
from handlers.hearing import hear
from handlers.kit import Begin, FormService, Request, Say, Service, Turn
from handlers.report_extras import answered
from handlers.report_form import FORM
from handlers.report_summary import described
from handlers.words import has_digits, has_words, responsible_words, ticket, without_phone
from intents.normalise import normalise
from intents.split import split_matters
from services import cases
from services.confidence import kind_of
from services.places import community_place, full_name, place_by_code
from services.questions import answer_line

SURE = 0.35
"""Above this the first category is shown to the resident; below it none is."""
OPENING = re.compile(
    r"(?:你好|您好|我们?|俺|想要?|要|来|请|麻烦|帮忙?|给|跟|和|向|你们?|您|社区|说|讲|反[映应]|投诉|报修?|举报|"
    r"提|建议|意见|问题|情况|事情?|件|个|一下?|点|有|这里|呢|啊|吧|的|儿|[,.!?: ])+"
)
ONWARDS = "\n随时回复“进度”查看。"
INHERITED = ("place", "phone", "anonymous")


def rule(text: str) -> str | None:
    """A message that only opens a report (我要报修, 有件事想说) and tells nothing yet."""
    said = normalise(text) if len(text) <= 20 else ""
    found = re.search(r"反[映应]|报修|投诉|举报|建议|[说讲].{0,3}事|事.{0,4}[说讲]", said)
    return "" if found and OPENING.fullmatch(said) else None


def report(turn: Turn, request: Request) -> Say:
    """Begins a report with what the first message says; several matters one after the other."""
    text = request.text.strip()
    if not has_words(text) or OPENING.fullmatch(normalise(text)):
        return Say(begin=Begin(FORM.name, text=""))
    first, *more = _matters(turn, text)
    if not more:
        return Say(begin=_begin(turn, first, (), {}))
    return Say(f"您说了{1 + len(more)}件事，一件一件来。", begin=_begin(turn, first, more, {}))


def report_new(_turn: Turn, _request: Request) -> Say:
    """Begins an empty report: from the menu or by a command."""
    return Say(begin=Begin(FORM.name, text=""))


def report_here(turn: Turn, request: Request) -> Say:
    """Begins a report at the place whose code was scanned."""
    place = place_by_code(turn.session, turn.community.id, request.argument)
    if place is None:
        return report_new(turn, request)
    name = full_name(turn.session, place)
    values = {"place": {"code": place.code, "text": name}}
    return Say(
        f"{turn.community.name}说事台。您扫的是“{name}”的码。",
        begin=Begin(FORM.name, values, text=""),
    )


def report_beginning_with(_turn: Turn, request: Request) -> Say:
    """Begins a report with a picture or a place; the words are asked for."""
    what = "照片" if request.heard.kind is Kind.IMAGE else "位置"
    return Say(f"{what}收到。", begin=Begin(FORM.name))


def _matters(turn: Turn, text: str) -> list[str]:
    """The matters of a message where each of them alone is plainly a report; else one."""
    parts = [part.replace(",", "，") for part in split_matters(text)]
    if len(parts) < 2:
        return [text]
    decisions = [turn.world.understander.classify(part) for part in parts]
    plain = all(d.intent == "report_issue" and not d.unsure for d in decisions)
    return parts if plain else [text]


def _begin(turn: Turn, text: str, more: list[str] | tuple[str, ...], before: Values) -> Begin:
    """The form of one matter; place, phone and anonymity hold for the next one where it is silent
    about them, and are shown again before it is sent.
    """
    told = hear(turn, Heard(text), {}).found if before or has_digits(text) else {}
    values = {name: before[name] for name in INHERITED if name in before and name not in told}
    values["description"] = without_phone(text, told)
    if more:
        values["more"] = list(more)
    return Begin(FORM.name, values, text=text)


def _next_matter(turn: Turn, values: Values) -> Begin | None:
    more = values.get("more")
    return _begin(turn, more[0], more[1:], values) if more else None


def prepare(turn: Turn, heard: Heard, values: Values) -> Heard:
    """What a message tells a report, with the likely categories of the matter."""
    heard = hear(turn, heard, values)
    text = values.get("description") or heard.text
    if "bare" not in heard.found and "category_options" not in values and has_words(text):
        heard = replace(heard, found={**heard.found, **_guess(turn, text)})
    if "similar" not in values:
        told = {"description": heard.text, **heard.found} if heard.text else heard.found
        found = report_same.find(turn, values, told)
        heard = replace(heard, found={**heard.found, "similar": found})
    return heard


def _guess(turn: Turn, text: str) -> dict[str, Any]:
    guess = turn.world.understander.categorise(text)
    catalogue = turn.catalogue
    likely = [code for code, _ in guess.ranking if code in catalogue][:3]
    questions = {
        code: [one.as_json() for one in catalogue.questions(code) if not one.is_told(text)]
        for code in likely
        if catalogue.questions(code)
    }
    options = [[code, catalogue.name(code)] for code in likely]
    values: dict[str, Any] = {"category_options": options, "questions": questions}
    if guess.confidence >= SURE and guess.category in catalogue:
        values["category"] = {"code": guess.category, "name": catalogue.name(guess.category)}
    return values


def submit(turn: Turn, values: Values) -> Say:
    """Opens the case, gives the receipt, and goes on to the next matter where there is one."""
    if values.get("confirm") == report_same.JOINED:
        return _go_on(turn, values, report_same.join(turn, values).text)
    case = cases.submit(
        turn.session, _new_case(turn, values), turn.resident, turn.world.hours, turn.now
    )
    receipt = f"已收到，编号 {ticket(case)}。\n{responsible_words(turn, case)}"
    return _go_on(turn, values, receipt + ONWARDS)


def _go_on(turn: Turn, values: Values, said: str) -> Say:
    following = _next_matter(turn, values)
    if following is None:
        return Say(said)
    return Say(f"{said.removesuffix(ONWARDS)}\n——还有一件。", begin=following)


def _new_case(turn: Turn, values: Values) -> cases.NewCase:
    code = (values.get("category") or {"code": "other"})["code"]
    told = values["place"]
    place = place_by_code(turn.session, turn.community.id, told["code"]) if told["code"] else None
    where = place or community_place(turn.session, turn.community.id)
    catalogue = turn.catalogue
    description = described(values)
    answers = [answer_line(text, answer) for text, answer in answered(values)]
    return cases.NewCase(
        community_id=turn.community.id,
        category=code,
        title=shorten(description, 40),
        description="\n".join([description, *answers]),
        place_path=where.path,
        place_id=where.id,
        place_text=told["text"],
        latitude=told.get("latitude"),
        longitude=told.get("longitude"),
        sla=catalogue.sla(code),
        contact_phone=values.get("phone"),
        anonymous=bool(values.get("anonymous")),
        confidential=values.get("confidential") or kind_of(code, catalogue.is_private(code)),
        media=tuple(values.get("photo", ())),
    )


def given_up(turn: Turn, values: Values) -> Say:
    """After one of several matters was cancelled: the next one."""
    following = _next_matter(turn, values)
    if following is None:
        return Say()
    return Say("好的，这件不记了。\n——还有一件。", begin=following)


SERVICE = Service(
    name="report",
    actions={
        "report": report,
        "report.new": report_new,
        "report.here": report_here,
        "report.begin": report_beginning_with,
    },
    intents={"report_issue": "report"},
    titles={"report_issue": "反映问题"},
    commands={"反映": "report.new", "反映问题": "report.new", "报修": "report.new"},
    kinds={Kind.IMAGE: "report.begin", Kind.LOCATION: "report.begin"},
    scenes={"place": "report.here"},
    forms=(FormService(FORM, submit, prepare, given_up),),
    rule=rule,
)
