"""The form that a resident is filling: kept in the dialog, moved on by each message.

The order on a message: the slot's own reading, then another matter in between (answered, and the
question asked again), then free words, then the question again with the reason. Three answers in
a row that were none bring a choice, one more a person. Forms and matters put aside wait in the
dialog and are taken up when the one before them is done.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import drafts
from bot.talk import Talk, joined
from dialogue.forms import (
    Ask,
    Done,
    NotAnAnswer,
    Step,
    advance,
    ask_again,
    begin,
    step_back,
)
from dialogue.messages import Kind
from dialogue.words import shorten
from handlers.kit import Begin, Choice, FormService, Say

PATIENCE = 3
SHORTEST_MATTER = 4
MATTER = 14
CLEARLY = 0.85
"""Sureness from which a word of one to three characters counts as another matter."""
GO_ON = "form.go_on"
PARK = "form.park"
DROP = "form.drop"
FIRST = "matter.first"
ONWARDS = "接着填刚才的"
NEXT_MATTER = "说另一件事"
PERSON = "person"
NOTHING_KEPT = "刚才的没有留下来，请重新说一下。"


def start(talk: Talk, wanted: Begin, lead: str = "") -> Say:
    """Begins a form; what this message already tells is not asked again."""
    service = talk.registry.forms[wanted.form]
    talk.note("form", wanted.form)
    aside = drafts.with_open_aside(talk)
    heard = talk.heard if wanted.text is None else replace(talk.heard, text=wanted.text, word="")
    if service.prepare:
        heard = service.prepare(talk.turn, heard, wanted.values)
    return _after(talk, service, begin(service.form, wanted.values, heard), aside, lead)


def go_on(talk: Talk, found: drafts.Open) -> Say:
    """Gives this message to the open form."""
    service, progress = found.service, found.progress
    heard = talk.heard
    if service.prepare:
        heard = service.prepare(talk.turn, heard, progress.values)
    step: Step = advance(service.form, progress, heard)
    if isinstance(step, NotAnAnswer):
        between = _in_between(talk, found)
        if between is not None:
            return between
        step = advance(service.form, progress, heard, lenient=True)
    talk.sealed = service.sealed
    if isinstance(step, NotAnAnswer):
        step = ask_again(service.form, progress, step.problem)
        if step.progress.misses > PATIENCE:
            return talk.call(PERSON, "not_understood")
        if step.progress.misses == PATIENCE:
            return _offer_person(talk, service, step)
    return _after(talk, service, step, drafts.waiting(talk.turn))


def back(talk: Talk, found: drafts.Open) -> Say:
    """One question back."""
    lead = "" if found.progress.past else "这是第一步了。"
    step = step_back(found.service.form, found.progress)
    return _after(talk, found.service, step, drafts.waiting(talk.turn), lead)


def cancel(talk: Talk, found: drafts.Open | None) -> Say:
    """Drops the open form; what waits behind it is taken up."""
    more = "有事随时说，回复“菜单”看能办什么。"
    if found is None:
        return Say(f"好的，已取消。{more}")
    waiting = drafts.waiting(talk.turn)
    drafts.close(talk.turn, waiting)
    given_up = found.service.given_up
    said = given_up(talk.turn, found.progress.values) if given_up else Say()
    if said.begin is not None:
        return said
    if said.text:
        return _with_onwards(talk, said) if waiting else said
    if waiting:
        return _take_up(talk, "好的，这件不填了。")
    return Say(f"好的，已取消，刚才填的没有提交。{more}")


def repeat(talk: Talk, answer: str = "") -> Say:
    """Answers something in between and asks the open question again."""
    found = drafts.open_form(talk)
    if found is None:
        waiting = drafts.waiting(talk.turn)
        return _take_up(talk, answer) if waiting else Say(answer or NOTHING_KEPT)
    lead = "——刚才的还没填完：" if answer else "好，接着填。\n"
    return Say(joined(answer, lead + ask_again(found.service.form, found.progress).text))


def aside(talk: Talk, said: Say) -> Say:
    """An answer while a form is open: the form goes on, behind choices by 0."""
    dialog = talk.turn.dialog
    if not said.text or said.begin is not None or dialog.handover != "bot":
        return said
    if dialog.form and said.choices:
        return replace(said, way_out=ONWARDS, leave=GO_ON)
    if dialog.form:
        return repeat(talk, said.text)
    if not said.choices and drafts.matter_on_top(talk.turn):
        return _take_up(talk, said.text)
    return _with_onwards(talk, said) if said.choices and drafts.waiting(talk.turn) else said


def _with_onwards(talk: Talk, said: Say) -> Say:
    """The answer with the choice to take up what was put aside."""
    if talk.turn.dialog.handover != "bot":
        return said
    onwards = NEXT_MATTER if drafts.matter_on_top(talk.turn) else ONWARDS
    choices = (*said.choices[:8], Choice(onwards, GO_ON))
    way_out = said.way_out if said.choices else ""
    return replace(said, choices=choices, way_out=way_out or "先不填")


def park(talk: Talk) -> None:
    """Puts the open form aside, to be taken up when the next one is done."""
    if talk.turn.dialog.form:
        drafts.close(talk.turn, drafts.with_open_aside(talk))


def _in_between(talk: Talk, found: drafts.Open) -> Say | None:
    """Another matter in the middle of a form: answered, or offered to be done first."""
    action, argument, title = _other_matter(talk)
    own = bool(action) and talk.registry.same_service(found.service.form.name, action)
    if not action or (own and found.service.urgent):
        return None
    if talk.registry.interrupts(action):
        return talk.call(action, argument)
    if own or found.service.urgent:
        return None
    if talk.registry.answers_in_between(action):
        talk.note("in between", action)
        return aside(talk, talk.call(action, argument))
    if not title or found.service.open_ended:
        return None
    return Say(
        f"刚才的还没填完。您是想先办“{title}”吗？",
        (
            Choice(f"先办“{title}”，刚才的先放着", PARK, action, talk.text),
            Choice(ONWARDS, GO_ON),
        ),
        way_out="都不办了",
        leave=DROP,
    )


def _other_matter(talk: Talk) -> tuple[str, str, str]:
    """The action that a message asks for, with its argument and title; empty where none is sure."""
    registry = talk.registry
    if not talk.text:
        return registry.kinds.get(talk.heard.kind, ""), "", ""
    if talk.heard.kind not in (Kind.TEXT, Kind.VOICE):
        return "", "", ""
    for service in registry.services:
        argument = service.rule(talk.text)
        if argument is not None:
            return service.name, argument, ""
    follows = talk.follows()
    if follows is not None:
        return *follows, ""
    decision = talk.understand()
    short = len(talk.text) < SHORTEST_MATTER and decision.confidence < CLEARLY
    if decision.unsure or short:
        return "", "", ""
    return registry.intents.get(decision.intent, ""), "", registry.titles.get(decision.intent, "")


def _offer_person(talk: Talk, service: FormService, step: Ask) -> Say:
    drafts.save(talk.turn, service, step.progress, drafts.waiting(talk.turn))
    talk.note("three strikes in a form")
    return Say(
        f"{step.problem}\n是不是不太好填？",
        (Choice("接着填", GO_ON), Choice("找工作人员帮我", PERSON)),
        way_out="不填了",
        leave=DROP,
    )


def _after(
    talk: Talk, service: FormService, step: Ask | Done, waiting: list[Any], lead: str = ""
) -> Say:
    if isinstance(step, Ask):
        drafts.save(talk.turn, service, step.progress, waiting)
        return Say(joined(lead, joined(step.problem, step.text)))
    drafts.close(talk.turn, waiting)
    talk.note("form filled", service.form.name)
    said = service.finish(talk.turn, step.values)
    said = replace(said, text=joined(lead, said.text))
    if not waiting or said.begin is not None:
        return said
    if service.urgent or said.choices:
        return _with_onwards(talk, said)
    return replace(_take_up(talk, said.text), harmless=said.harmless)


def _take_up(talk: Talk, answer: str) -> Say:
    """Opens the form that was put aside last, or begins the matter."""
    dialog = talk.turn.dialog
    *waiting, (name, version, progress) = drafts.waiting(talk.turn)
    if not name:
        drafts.close(talk.turn, waiting)
        return _begin_matter(talk, progress["action"], progress["text"], answer)
    dialog.form, dialog.form_version = name, version
    dialog.progress = {**progress, "waiting": waiting}
    dialog.updated_at = talk.turn.now
    return repeat(talk, answer)


def _begin_matter(talk: Talk, action: str, text: str, answer: str) -> Say:
    said = talk.call(action, text=text)
    lead = joined(answer, f"——再说您的另一件事“{shorten(text, MATTER)}”：")
    return aside(talk, replace(said, text=joined(lead, said.text)))
