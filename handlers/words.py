"""Words that several services say in the same way."""

from __future__ import annotations

import re
from datetime import datetime

from dialogue.forms import Values
from handlers.kit import Turn
from intents.normalise import normalise
from intents.tickets import format_ticket
from services import consent_codes
from services.calendar import say_moment
from services.cases import responsible_of
from storage.cases import Case

_OWN_PHONE = re.compile(
    r"[，,。；;\s]*(?:我的?|本人|联系)*(?:手机|电话|号码|联系)*(?:号码?)?(?:是|为|[:：])?\s*"
    r"(?:\+?86)?[\s\-]*[0-9０-９零〇一二三四五六七八九幺](?:[\s\-]?[0-9０-９零〇一二三四五六七八九幺]){6,11}"
)
MOST_SEARCHED = 200


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


def called_by(turn: Turn, principal: int) -> str:
    """What the resident calls the one for whom they act: 妈妈."""
    return consent_codes.called_by(turn.session, turn.resident, principal)


def has_words(text: str) -> bool:
    """Whether a message says anything in letters or digits, beside emoji and stickers."""
    return sum(char.isalnum() for char in normalise(text)) >= 2


def has_digits(text: str) -> bool:
    """Whether a message may hold a phone number."""
    return len(re.findall(r"[0-9０-９零〇一二三四五六七八九幺]", text)) >= 7


def same_words(words: str, before: str) -> bool:
    """Whether words say nothing that was not said before."""
    return normalise(words) in normalise(before)


def without_phone(text: str, found: Values) -> str:
    """The words of a message without the phone number that the resident left with them: it is
    kept apart, where it is encrypted and masked.
    """
    return _OWN_PHONE.sub("", text).strip() if "phone" in found else text.strip()


def place_span(text: str, said: str) -> tuple[int, int] | None:
    """Where in `text` the place was named, given as the piece `said` of the normalised text."""
    if not said:
        return None
    start = text.find(said)
    if start >= 0:
        return start, start + len(said)
    head = text[:MOST_SEARCHED]
    at = normalise(head).find(said)
    lengths = [len(normalise(head[:end])) for end in range(len(head) if at >= 0 else 0)]
    firsts = (first for first, length in enumerate(lengths) if at - 2 <= length <= at)
    for first in firsts:
        for last in range(first + 1, min(first + len(said) + 6, len(text)) + 1):
            if normalise(text[first:last]) == said:
                return first, last
    return None
