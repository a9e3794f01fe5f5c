"""Words that several services say in the same way."""

from __future__ import annotations

from datetime import datetime

from handlers.kit import Turn
from intents.tickets import format_ticket
from services.calendar import say_moment
from services.cases import responsible_of
from storage.cases import Case


def ticket(case: Case) -> str:
    """The number of a case as residents know it: 1042-7."""
    return format_ticket(case.number)


def by_when(turn: Turn, moment: datetime) -> str:
    """A deadline as one says it."""
    return say_moment(moment, turn.now)


def responsible_words(turn: Turn, case: Case) -> str:
    """Who will be in touch, and by when: the deadline that the case really has."""
    staff = responsible_of(turn.session, case)
    who = f"网格员{staff.name[:1]}某" if staff else "工作人员"
    return f"{who}会在{by_when(turn, case.response_due)}前联系您。"


def phone_line(turn: Turn) -> str:
    """The number for what cannot wait; nothing where the community has none."""
    phone = turn.community.phone
    return f"急事请打社区电话 {phone}。" if phone else ""
