"""Messages on their way to residents: written with their cause, sent once, never lost.

A message is `ready` when posted; `services/delivery.py` takes it from there. `waiting` means that
WeChat lets nothing through now: the text goes out with the next passive reply, or when the
resident's window opens again.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, exists, select
from sqlalchemy.orm import Session

from storage.messages import OutboxMessage
from storage.residents import Resident


class Way(StrEnum):
    """How a message reaches the resident."""

    CUSTOMER_SERVICE = "customer_service"
    TEMPLATE = "template"
    PASSIVE = "passive"


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
