"""The form that a resident is filling: kept in the dialog, moved on by each message.

The order on a message: the slot's own reading, then another matter in between (answered, and the
question asked again), then free words, then the question again with the reason. Three answers in
a row that were none bring a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.talk import Talk, joined, text_of
from dialogue.forms import (
    Ask,
    Done,
    NotAnAnswer,
    Progress,
    Values,
    advance,
    ask_again,
    begin,
    resume,
    step_back,
)
from handlers.kit import Begin, Choice, FormService, Say, Turn
from storage.residents import Dialog

DRAFT_LIFE = timedelta(hours=24)
PATIENCE = 3
GO_ON = "form.go_on"
PARK = "form.park"


def open_form(talk: Talk) -> tuple[FormService, Progress] | None:
    """The form being filled, with its progress; None where there is none or it is too old."""
    dialog = talk.turn.dialog
    if not dialog.form:
        return None
    service = talk.registry.forms.get(dialog.form)
    if service is None or talk.turn.now > dialog.updated_at + DRAFT_LIFE:
        talk.note("draft dropped", dialog.form)
        drop(dialog, talk.turn)
        return None
    progress = _load(dialog.progress)
    if dialog.form_version == service.form.version:
        return service, progress
    step = resume(service.form, progress.values)
    if isinstance(step, Done):
        return None
    return service, step.progress


def drop(dialog: Dialog, turn: Turn) -> None:
    """Forgets the open form."""
    dialog.form, dialog.form_version, dialog.progress = None, 0, {}
    dialog.updated_at = turn.now


def start(talk: Talk, wanted: Begin, lead: str = "") -> Say:
    """Begins a form; what this message already tells is not asked again."""
    service = talk.registry.forms[wanted.form]
    talk.note("form", wanted.form)
    parked = _parked(talk.turn.dialog)
    heard = service.prepare(talk.turn, talk.heard) if service.prepare else talk.heard
    return _after(talk, service, begin(service.form, wanted.values, heard), parked, lead)


def go_on(talk: Talk, service: FormService, progress: Progress) -> Say:
    """Gives this message to the open form."""
    heard = service.prepare(talk.turn, talk.heard) if service.prepare else talk.heard
    parked = talk.turn.dialog.progress.get("parked", [])
    step = advance(service.form, progress, heard)
    if isinstance(step, NotAnAnswer):
        between = _in_between(talk, service, progress)
        if between is not None:
            return between
        step = advance(service.form, progress, heard, lenient=True)
    if isinstance(step, NotAnAnswer):
        again = ask_again(service.form, progress, step.problem)
        if again.progress.misses >= PATIENCE:
            return _offer_person(talk, service, again)
        step = again
    return _after(talk, service, step, parked)


def back(talk: Talk, service: FormService, progress: Progress) -> Say:
    """One question back."""
    parked = talk.turn.dialog.progress.get("parked", [])
    return _after(talk, service, step_back(service.form, progress), parked)


def repeat(talk: Talk, answer: str) -> Say:
    """Answers something in between and asks the open question again."""
    found = open_form(talk)
    if found is None:
        return Say(answer)
    service, progress = found
    question = ask_again(service.form, progress).text
    return Say(joined(answer, f"——刚才的还没填完：{question}"))


def _in_between(talk: Talk, service: FormService, progress: Progress) -> Say | None:
    """Another matter in the middle of a form: answered, or offered to be done first."""
    if not talk.text:
        return None
    decision = talk.understand()
    action = talk.registry.intents.get(decision.intent)
    if action is None or decision.unsure or len(talk.text) < 4:
        return None
    if talk.registry.answers_in_between(action):
        talk.note("in between", action)
        return repeat(talk, text_of(talk.call(action)))
    if decision.intent not in talk.registry.titles or _belongs(talk, service, action):
        return None
    title = talk.registry.titles[decision.intent]
    return Say(
        f"刚才的还没填完。您是想先办“{title}”吗？",
        choices=(
            Choice(f"先办“{title}”，刚才的先放着", PARK, action, talk.text),
            Choice("接着填刚才的", GO_ON),
        ),
        way_out="都不办了",
    )


def _belongs(talk: Talk, service: FormService, action: str) -> bool:
    """Whether the action is of the service whose form is open: then the words are for the form."""
    return any(
        service in candidate.forms and action in candidate.actions
        for candidate in talk.registry.services
    )


def park(talk: Talk) -> None:
    """Puts the open form aside, to be taken up when the next one is done."""
    dialog = talk.turn.dialog
    if dialog.form:
        dialog.progress = {"parked": _parked(dialog)}
        dialog.form = None


def _parked(dialog: Dialog) -> list[Any]:
    parked = list(dialog.progress.get("parked", []))
    if dialog.form:
        kept = {key: value for key, value in dialog.progress.items() if key != "parked"}
        parked.append([dialog.form, dialog.form_version, kept])
    return parked


def _offer_person(talk: Talk, service: FormService, step: Ask) -> Say:
    _save(talk.turn, service, step.progress, talk.turn.dialog.progress.get("parked", []))
    talk.note("three strikes in a form")
    return Say(
        f"{step.problem}\n是不是不太好填？",
        choices=(Choice("接着填", GO_ON), Choice("找工作人员帮我", "person")),
        way_out="取消这次填写",
    )


def _after(
    talk: Talk, service: FormService, step: Ask | Done, parked: list[Any], lead: str = ""
) -> Say:
    if isinstance(step, Ask):
        _save(talk.turn, service, step.progress, parked)
        return Say(joined(lead, joined(step.problem, step.text)))
    drop(talk.turn.dialog, talk.turn)
    talk.note("form filled", service.form.name)
    said = service.finish(talk.turn, step.values)
    return _unpark(talk, said, parked)


def _unpark(talk: Talk, said: Say, parked: list[Any]) -> Say:
    if not parked:
        return said
    dialog = talk.turn.dialog
    name, version, progress = parked[-1]
    dialog.form, dialog.form_version = name, version
    dialog.progress = {**progress, "parked": parked[:-1]}
    dialog.updated_at = talk.turn.now
    return repeat(talk, text_of(said))


def _save(turn: Turn, service: FormService, progress: Progress, parked: list[Any]) -> None:
    dialog = turn.dialog
    dialog.form, dialog.form_version = service.form.name, service.form.version
    dialog.progress = {
        "values": dict(progress.values),
        "asked": list(progress.asked),
        "misses": progress.misses,
        "parked": parked,
    }
    dialog.updated_at = turn.now


def _load(stored: Values) -> Progress:
    return Progress(
        values=stored.get("values", {}),
        asked=tuple(stored.get("asked", ())),
        misses=stored.get("misses", 0),
    )
