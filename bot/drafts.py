"""The draft of a form as it is kept in the dialog: the open one, and what was put aside behind it.

What waits is a stack of `[form, version, progress]`; a matter that was told and not begun yet has
no form: `["", 0, {"action": ..., "text": ...}]`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.talk import Talk
from dialogue.forms import Ask, Progress, Values, resume
from handlers.kit import DRAFT_LIFE, FormService, Turn

DROPPED = "draft dropped"
LEFT = "danger left"
_WAY_OUT = re.compile(r"(?:^|　)0 (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Open:
    """The form being filled, and how far it is."""

    service: FormService
    progress: Progress


def open_form(talk: Talk) -> Open | None:
    """The form being filled; None where there is none or it is too old."""
    dialog = talk.turn.dialog
    if not dialog.form:
        return None
    service = talk.registry.forms.get(dialog.form)
    if service is None or talk.turn.now > dialog.updated_at + service.life:
        talk.note(LEFT if service and service.urgent else DROPPED, dialog.form)
        close(talk.turn, waiting(talk.turn))
        return None
    progress = _load(dialog.progress)
    if dialog.form_version == service.form.version and progress.asking:
        return Open(service, progress)
    step = resume(service.form, progress.values)
    return Open(service, step.progress) if isinstance(step, Ask) else None


def way_out(found: Open) -> str:
    """What 0 is called under the open question; empty where it is not told."""
    question = found.service.form.slot(found.progress.asking).question
    told = _WAY_OUT.search(question(found.progress.values))
    return told[1] if told else ""


def something_kept(talk: Talk) -> bool:
    """Whether a form is open or was put aside."""
    return open_form(talk) is not None or bool(waiting(talk.turn))


def waiting(turn: Turn) -> list[Any]:
    """What was put aside within the life of a draft, the last one on top."""
    old = turn.now > turn.dialog.updated_at + DRAFT_LIFE
    return [] if old else list(turn.dialog.progress.get("waiting", ()))


def matter_on_top(turn: Turn) -> bool:
    """Whether what was put aside last is a matter that was told and not begun yet."""
    behind = waiting(turn)
    return bool(behind) and not behind[-1][0]


def put_aside(turn: Turn, matters: Sequence[tuple[str, str]]) -> None:
    """Matters (action and words) that wait for their turn, the first of them on top."""
    told = [["", 0, {"action": action, "text": text}] for action, text in reversed(matters)]
    close(turn, [*waiting(turn), *told])


def with_open_aside(talk: Talk) -> list[Any]:
    """What waits when another form begins: also the open one, unless it is about danger."""
    dialog, behind = talk.turn.dialog, waiting(talk.turn)
    service = talk.registry.forms.get(dialog.form or "")
    if service is None or service.urgent:
        return behind
    kept = {key: value for key, value in dialog.progress.items() if key != "waiting"}
    return [*behind, [dialog.form, dialog.form_version, kept]]


def close(turn: Turn, behind: list[Any]) -> None:
    """No form is open; what waits behind it stays."""
    dialog = turn.dialog
    dialog.form, dialog.form_version = None, 0
    dialog.progress = {"waiting": behind} if behind else {}
    dialog.updated_at = turn.now


def save(turn: Turn, service: FormService, progress: Progress, behind: list[Any]) -> None:
    """Keeps the open form."""
    dialog = turn.dialog
    dialog.form, dialog.form_version = service.form.name, service.form.version
    dialog.progress = {
        "values": dict(progress.values),
        "asking": progress.asking,
        "past": [[name, dict(values)] for name, values in progress.past],
        "misses": progress.misses,
        "waiting": behind,
    }
    dialog.updated_at = turn.now


def _load(stored: Values) -> Progress:
    return Progress(
        values=stored.get("values", {}),
        asking=stored.get("asking", ""),
        past=tuple((name, values) for name, values in stored.get("past", ())),
        misses=stored.get("misses", 0),
    )
