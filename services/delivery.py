"""Messages leave: leased to a sender by the way that is open, and what became of each.

States: ready → sending → sent | retry | waiting | unknown | dead. `unknown` means that the fate of
a send is not known: a chat reply asks the staff, a decision is sent again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import OfficeHours
from services.desk import ItemKind, Subject, finish, put
from services.outbox import Way
from services.places import community_path
from services.send_windows import count_back, count_sent, exhaust, window
from storage.messages import OutboxMessage
from storage.residents import Resident

LEASE = timedelta(minutes=5)
"""Longer than all that one resident may be sent in a row takes when every send hangs."""
MAX_ATTEMPTS = 8
TALKING = timedelta(minutes=15)
"""Who wrote this recently is awake: quiet hours do not hold an answer back."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message, as plain values, ready to be sent with no transaction open."""

    id: int
    account: str
    openid: str
    way: Way
    text: str
    template: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Postman:
    """Who sends: the accounts' capabilities (with `template:NAME` for each template that an
    account has), the office hours, and a name for the leases.
    """

    name: str
    capabilities: dict[str, Collection[str]]
    hours: OfficeHours


def claim(session: Session, postman: Postman, now: datetime, limit: int = 20) -> list[Parcel]:
    """Takes messages that are due, each with the way it will go; what cannot go now waits.

    The quota is counted here, before sending, so that several workers together never exceed it.
    """
    due = (
        select(OutboxMessage)
        .where(OutboxMessage.state.in_(("ready", "retry")), OutboxMessage.next_at <= now)
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    parcels = [_prepare(session, message, postman, now) for message in session.scalars(due)]
    return [parcel for parcel in parcels if parcel is not None]


def _prepare(
    session: Session, message: OutboxMessage, postman: Postman, now: datetime
) -> Parcel | None:
    # a turn holds the resident while it may wait for this message: never wait the other way round
    resident = session.scalars(
        select(Resident)
        .where(Resident.id == message.resident_id)
        .with_for_update(skip_locked=True, key_share=True)
    ).one_or_none()
    if resident is None:
        return None  # in a turn just now; the message stays due
    if not resident.following:
        message.state, message.error = "dead", "resident is gone"
        return None
    wake = postman.hours.after_quiet(now)
    talking = resident.last_message_at is not None and now < resident.last_message_at + TALKING
    if wake > now and not talking:
        message.next_at = wake
        return None
    way = _choose(resident, message, postman, now)
    if way is None:
        message.state, message.lease_until = "waiting", None
        return None
    message.state, message.way = "sending", way.value
    message.attempts += 1
    message.lease_until, message.lease_by = now + LEASE, postman.name
    return Parcel(
        id=message.id,
        account=resident.account,
        openid=resident.openid,
        way=way,
        text=message.text,
        template=message.template,
        fields=message.fields,
    )


def _choose(
    resident: Resident, message: OutboxMessage, postman: Postman, now: datetime
) -> Way | None:
    capabilities = postman.capabilities.get(resident.account, ())
    if "customer_service" in capabilities and window(resident, now).left > 0:
        count_sent(resident, now)
        return Way.CUSTOMER_SERVICE
    if message.template and f"template:{message.template}" in capabilities:
        return Way.TEMPLATE
    return None


class Fate(StrEnum):
    """What became of a send."""

    SENT = "sent"
    AGAIN = "again"
    NO_WINDOW = "no_window"
    UNKNOWN = "unknown"
    REFUSED = "refused"


def settle(session: Session, message_id: int, fate: Fate, error: str, now: datetime) -> None:
    """Records what became of a claimed message."""
    message = session.get_one(OutboxMessage, message_id, with_for_update=True)
    if message.state not in ("sending", "unknown"):
        return
    message.lease_until, message.error = None, error[:200]
    if message.way == Way.CUSTOMER_SERVICE:
        _correct_window(session, message, fate, now)
    match fate:
        case Fate.SENT:
            message.state, message.sent_at = "sent", now
            finish(session, source_of(message), now)
        case Fate.NO_WINDOW:
            message.state = "waiting"
        case Fate.UNKNOWN:
            _unknown(session, message, now)
        case Fate.AGAIN if message.attempts < MAX_ATTEMPTS:
            _again(message, now)
        case _:
            message.state = "dead"
            _tell_staff(session, message, "消息没能送达", now)


def recover(session: Session, now: datetime) -> int:
    """Treats sends whose lease ran out (the sender died) as of unknown fate; returns how many."""
    lost = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == "sending", OutboxMessage.lease_until < now)
        .with_for_update(skip_locked=True)
    ).all()
    for message in lost:
        message.error = "sender stopped while sending"
        _unknown(session, message, now)
    return len(lost)


def _unknown(session: Session, message: OutboxMessage, now: datetime) -> None:
    message.state = "unknown"
    if message.policy == "decision" and message.attempts < MAX_ATTEMPTS:
        _again(message, now)
    else:
        _tell_staff(session, message, "消息可能没送达，请确认", now)


def _again(message: OutboxMessage, now: datetime) -> None:
    message.state = "retry"
    message.next_at = now + timedelta(seconds=min(5 * 4 ** (message.attempts - 1), 3600))


def source_of(message: OutboxMessage) -> str:
    """The name under which a message that was not delivered waits in the queue."""
    return f"outbox:{message.id}"


def _tell_staff(session: Session, message: OutboxMessage, title: str, now: datetime) -> None:
    resident = session.get_one(Resident, message.resident_id)
    put(
        session,
        ItemKind.FAILED_SEND,
        source_of(message),
        title,
        Subject(
            community_id=message.community_id,
            place_path=community_path(session, resident.community_id),
            resident_id=resident.id,
            outbox_id=message.id,
        ),
        due=now + timedelta(hours=4),
        now=now,
    )


def _correct_window(session: Session, message: OutboxMessage, fate: Fate, now: datetime) -> None:
    resident = session.get_one(Resident, message.resident_id, with_for_update=True)
    if fate is Fate.NO_WINDOW:
        exhaust(resident)
    elif fate in (Fate.AGAIN, Fate.REFUSED):
        count_back(resident, now)


def resend(session: Session, message: OutboxMessage, now: datetime) -> None:
    """Sends a dead or unknown message once more, by decision of the staff."""
    message.state, message.next_at, message.attempts = "ready", now, 0
