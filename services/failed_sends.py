"""Messages that did not arrive, or may not have: sent again or settled by decision of staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import audit, delivery, desk
from services.access import Permission, require
from storage.messages import OutboxMessage
from storage.staff import Staff

UNDECIDED = ("dead", "unknown")


class AlreadyDecided(Exception):
    """Somebody has already dealt with this message."""


class NoteMissing(Exception):
    """Settling a message without sending it needs a word on how the resident was reached."""


def resend(session: Session, staff: Staff, message: OutboxMessage, now: datetime) -> None:
    """Sends a message once more; raises Forbidden, AlreadyDecided."""
    _check(staff, message)
    delivery.resend(session, message, now)
    desk.finish(session, delivery.source_of(message), now, staff)
    audit.record(session, now, staff, "outbox.resend", message)


def settle(
    session: Session, staff: Staff, message: OutboxMessage, note: str, now: datetime
) -> None:
    """Closes the matter without sending; raises Forbidden, AlreadyDecided, NoteMissing."""
    _check(staff, message)
    if not note.strip():
        raise NoteMissing("请写一句是怎么处理的，例如“已电话告知”")
    desk.finish(session, delivery.source_of(message), now, staff)
    audit.record(session, now, staff, "outbox.settle", message, reason=note.strip())


def _check(staff: Staff, message: OutboxMessage) -> None:
    require(staff, Permission.HANDLE)
    if message.state not in UNDECIDED:
        raise AlreadyDecided("这条消息已经处理过了，请刷新后再看")
