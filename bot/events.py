"""What happens beside messages: follows, menu clicks, scans, farewells.

Anything not named here is stored and answered with silence.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import filling
from bot.choosing import MENU
from bot.stages import settle
from bot.talk import Talk
from handlers.kit import Say
from services import handover, personal_data, residents
from storage.residents import Resident

TOUCHES = frozenset({"subscribe", "scan", "click", "scancode_waitmsg"})
FAREWELLS = frozenset(
    {"unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"}
)
WELCOME = "welcome"
OF_RESIDENTS = (
    TOUCHES
    | FAREWELLS
    | {
        "location",
        "view",
        "view_miniprogram",
        "scancode_push",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
        "subscribe_msg_popup_event",
        "subscribe_msg_change_event",
    }
)


def shows_reply(event: str) -> bool:
    """Whether the resident sees what an event is answered with; "" stands for a message.

    Opening a page, or a place reported in the background, shows nothing: what waits must not be
    given away to it.
    """
    return not event or event in TOUCHES


def is_of_resident(event: str) -> bool:
    """Whether an event is something a resident did; others may carry any name as their sender."""
    return event in OF_RESIDENTS


def answer_event(talk: Talk, event: str, key: str) -> Say:
    """The answer to an event; silence for those that need none."""
    turn = talk.turn
    talk.note("event", event)
    if event in FAREWELLS:
        personal_data.forget(turn.session, turn.resident, turn.now)
        return Say()
    if event == "subscribe":
        turn.resident.following = True
        scanned = _scene(talk, key)
        return settle(talk, scanned or talk.call(WELCOME))
    if event not in ("scan", "scancode_waitmsg", "click"):
        return Say()
    handover.end(turn.session, turn.resident, None, turn.now)
    if event != "click":
        return settle(talk, filling.aside(talk, _scene(talk, key) or talk.call(WELCOME)))
    if key not in talk.registry.actions:
        talk.note("unknown menu key", key)
        key = talk.registry.commands[MENU]
    return settle(talk, filling.aside(talk, talk.call(key)))


def _scene(talk: Talk, key: str) -> Say | None:
    """The action of a QR code of ours, `kind:code`; None for any other code."""
    kind, _, code = key.partition(":")
    action = talk.registry.scenes.get(kind)
    if action is None:
        return None
    return talk.call(action, code, text="")


def open_window(session: Session, resident: Resident, event: str, now: datetime) -> bool:
    """Counts a touch that lets the account write for a minute; True where it was one."""
    if event not in TOUCHES:
        return False
    residents.touched(session, resident, now)
    return True
