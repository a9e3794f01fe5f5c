"""A resident's conversation as staff read it: both sides, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Resident


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: by the `resident`, by the `bot` in answer, or `staff` through the outbox.

    `delivery` is the state of an outbox message, empty for a passive reply.
    """

    at: datetime
    speaker: str
    text: str
    kind: str = "text"
    media_id: int | None = None
    media_state: str = ""
    delivery: str = ""
    error: str = ""
    intent: str = ""
    inbound_id: int | None = None
    outbox_id: int | None = None


def conversation(session: Session, resident: Resident, *, limit: int = 60) -> list[Line]:
    """The last `limit` messages received and sent, oldest first."""
    received = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.resident_id == resident.id)
        .order_by(InboundMessage.id.desc())
        .limit(limit)
    ).all()
    sent = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.resident_id == resident.id, ~OutboxMessage.source.like("late:%"))
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    ).all()
    pictures = _media(session, [row.id for row in received])
    lines = [line for row in received for line in _from_inbound(row, pictures.get(row.id))]
    lines += [_from_outbox(row) for row in sent]
    return sorted(lines, key=lambda line: line.at)[-2 * limit :]


def _media(session: Session, inbound_ids: list[int]) -> dict[int, Media]:
    rows = session.scalars(select(Media).where(Media.inbound_id.in_(inbound_ids)))
    return {row.inbound_id: row for row in rows if row.inbound_id is not None}


def _from_inbound(row: InboundMessage, media: Media | None) -> list[Line]:
    said = Line(
        at=row.sent_at if row.sent_at <= row.received_at else row.received_at,
        speaker="resident",
        text=row.text or row.event,
        kind=row.kind,
        media_id=media.id if media else None,
        media_state=media.state if media else "",
        intent=row.intent,
        inbound_id=row.id,
        error=row.error or "",
    )
    if not row.reply:
        return [said]
    return [said, Line(at=row.received_at, speaker="bot", text=row.reply, inbound_id=row.id)]


def _from_outbox(row: OutboxMessage) -> Line:
    staff = row.source.startswith("reply:")
    return Line(
        at=row.sent_at or row.created_at,
        speaker="staff" if staff else "notice",
        text=row.text,
        delivery=row.state,
        error=row.error,
        outbox_id=row.id,
    )
