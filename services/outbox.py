"""Messages on their way to residents: written with their cause, sent once, never lost.

States: ready → sending → sent | retry | waiting | unknown | dead. `waiting` means that WeChat
lets nothing through now: the text goes out with the next passive reply, or when the resident's
window opens again. `unknown` means that the fate of a send is not known: a chat reply asks the
staff, a decision is sent again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, exists, select
from sqlalchemy.orm import Session

from services.calendar import OfficeHours
from services.desk import ItemKind, Subject, finish, put
from services.places import community_path
from storage.messages import OutboxMessage
from storage.residents import Resident

LEASE = timedelta(minutes=5)
"""Longer than all that one resident may be sent in a row takes when every send hangs."""
MAX_ATTEMPTS = 8
MESSAGE_WINDOW, MESSAGE_QUOTA = timedelta(hours=48), 5
TOUCH_WINDOW, TOUCH_QUOTA = timedelta(minutes=1), 3
TALKING = timedelta(minutes=15)
"""Who wrote this recently is awake: quiet hours do not hold an answer back."""


class Way(StrEnum):
    """How a message reaches the resident."""

    CUSTOMER_SERVICE = "customer_service"
    TEMPLATE = "template"
    PASSIVE = "passive"


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
class Window:
    """What WeChat lets the account send to one resident right now."""

    left: int
    until: datetime | None


def window(resident: Resident, now: datetime) -> Window:
    """Customer-service messages left, and until when: 5 within 48 hours of the resident's last
    message, 3 within a minute of a menu click, a follow or a scan.
    """
    best = Window(0, None)
    for at, sent, span, quota in (
        (resident.last_message_at, resident.sent_since_message, MESSAGE_WINDOW, MESSAGE_QUOTA),
        (resident.last_touch_at, resident.sent_since_touch, TOUCH_WINDOW, TOUCH_QUOTA),
    ):
        if at is not None and now < at + span and quota - sent > best.left:
            best = Window(quota - sent, at + span)
    return best


def post(
    session: Session,
    resident: Resident,
    text: str,
    *,
    source: str,
    now: datetime,
    policy: str = "chat",
    template: str = "",
    fields: dict[str, Any] | None = None,
) -> OutboxMessage:
    """Puts a message on its way; the same `source` gives the one that is already there."""
    found = session.scalar(select(OutboxMessage).where(OutboxMessage.source == source))
    if found is not None:
        return found
    message = OutboxMessage(
        community_id=resident.community_id,
        resident_id=resident.id,
        source=source,
        policy=policy,
        text=text,
        template=template,
        fields=fields or {},
        state="ready" if resident.following else "dead",
        error="" if resident.following else "resident is gone",
        next_at=now,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


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
        _count_sent(resident, now)
        return Way.CUSTOMER_SERVICE
    if message.template and f"template:{message.template}" in capabilities:
        return Way.TEMPLATE
    return None


def _count_sent(resident: Resident, now: datetime) -> None:
    """Counts a customer-service message in the window that lets it through."""
    touch = resident.last_touch_at
    if touch is not None and now < touch + TOUCH_WINDOW and resident.sent_since_touch < TOUCH_QUOTA:
        resident.sent_since_touch += 1
    else:
        resident.sent_since_message += 1


class Fate(StrEnum):
    """What became of a send."""

    SENT = "sent"
    AGAIN = "again"
    NO_WINDOW = "no_window"
    UNKNOWN = "unknown"
    REFUSED = "refused"


def _correct_window(session: Session, message: OutboxMessage, fate: Fate, now: datetime) -> None:
    """What was not sent is not counted; where WeChat says that nothing is left, believe it."""
    resident = session.get_one(Resident, message.resident_id, with_for_update=True)
    if fate is Fate.NO_WINDOW:
        resident.sent_since_message = MESSAGE_QUOTA
        resident.sent_since_touch = TOUCH_QUOTA
    elif fate in (Fate.AGAIN, Fate.REFUSED):
        touch = resident.last_touch_at
        if touch is not None and now < touch + TOUCH_WINDOW and resident.sent_since_touch:
            resident.sent_since_touch -= 1
        elif resident.sent_since_message:
            resident.sent_since_message -= 1


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


def resend(session: Session, message: OutboxMessage, now: datetime) -> None:
    """Sends a dead or unknown message once more, by decision of the staff."""
    message.state, message.next_at, message.attempts = "ready", now, 0


def reopen_waiting(session: Session, resident: Resident, now: datetime) -> None:
    """Lets waiting messages try again: the resident has just opened a window by a touch."""
    for message in _waiting(session, resident):
        message.state, message.next_at = "ready", now


def take_waiting(session: Session, resident: Resident, room: int, now: datetime) -> list[str]:
    """The waiting messages that fit into `room` UTF-8 bytes of a passive reply, oldest first;
    they count as sent with it.
    """
    taken: list[str] = []
    for message in _waiting(session, resident):
        size = len(message.text.encode()) + 2
        if size > room:
            break
        room -= size
        taken.append(message.text)
        message.state, message.way, message.sent_at = "sent", Way.PASSIVE.value, now
    return taken


_WAITING = (
    select(OutboxMessage)
    .where(OutboxMessage.resident_id == bindparam("resident"), OutboxMessage.state == "waiting")
    .order_by(OutboxMessage.id)
    .with_for_update()
)


def waits_for(resident: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """The condition that a text waits for the resident with this number."""
    return exists().where(OutboxMessage.resident_id == resident, OutboxMessage.state == "waiting")


def _waiting(session: Session, resident: Resident) -> list[OutboxMessage]:
    return list(session.scalars(_WAITING, {"resident": resident.id}))
