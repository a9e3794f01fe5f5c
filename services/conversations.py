"""A resident's conversation as staff read it: both sides, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.cases import Case, CaseEvent
from storage.desk import Reply
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
    carried = [row.text for row in sent if row.way == "passive"]
    lines = [line for row in received for line in _from_inbound(row, pictures.get(row.id), carried)]
    lines += [_from_outbox(row) for row in sent]
    return sorted(lines, key=lambda line: line.at)[-2 * limit :]


def _media(session: Session, inbound_ids: list[int]) -> dict[int, Media]:
    rows = session.scalars(select(Media).where(Media.inbound_id.in_(inbound_ids)))
    return {row.inbound_id: row for row in rows if row.inbound_id is not None}


def _from_inbound(row: InboundMessage, media: Media | None, carried: list[str]) -> list[Line]:
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
    answer = _without(row.reply or "", carried)
    if not answer:
        return [said]
    return [said, Line(at=row.received_at, speaker="bot", text=answer, inbound_id=row.id)]


def _without(reply: str, carried: list[str]) -> str:
    """A reply without the waiting messages that it carried: those are lines of their own."""
    for text in carried:
        if reply == text or reply.startswith(f"{text}\n\n"):
            reply = reply[len(text) :].lstrip("\n")
            return _without(reply, [other for other in carried if other != text])
    return reply


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


def about_case(session: Session, case: Case) -> list[Line]:
    """What one case alone says, oldest first: its description, its public events, the replies."""
    events = session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.public.is_(True))
        .order_by(CaseEvent.id)
    ).all()
    told = select(Reply.outbox_id).where(Reply.case_id == case.id, Reply.outbox_id.is_not(None))
    sent = session.scalars(
        select(OutboxMessage)
        .where(
            or_(
                OutboxMessage.id.in_(told),
                OutboxMessage.source.in_([f"case-event:{event.id}" for event in events]),
            )
        )
        .order_by(OutboxMessage.id)
    ).all()
    lines = [Line(at=case.created_at, speaker="resident", text=case.description)]
    lines += [_from_event(event) for event in events if _said_by_resident(event)]
    lines += [_from_outbox(row) for row in sent]
    return sorted(lines, key=lambda line: line.at)


def _said_by_resident(event: CaseEvent) -> bool:
    words = event.text or event.reason
    return event.actor_kind == "resident" and event.kind != "submitted" and bool(words)


def _from_event(event: CaseEvent) -> Line:
    return Line(at=event.at, speaker="resident", text=event.text or event.reason)
