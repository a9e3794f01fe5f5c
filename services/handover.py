"""When a person takes over: a stored state in which the bot keeps quiet.

`bot` → `waiting` (asked for a person) → `person` (somebody answered) → `bot` again when the
staff end it or the resident replies 菜单.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from services import audit, desk, desk_terms, outbox
from services.calendar import OfficeHours
from services.places import community_path
from services.residents import home_path
from storage.desk import QueueItem
from storage.messages import InboundMessage
from storage.residents import Dialog, Resident
from storage.staff import Staff

RESPONSE_MINUTES = 60
"""Working minutes within which a person answers who is asked for."""

IDLE = timedelta(hours=12)
"""A conversation that nobody went on with for so long is over."""


def source_of(resident: Resident) -> str:
    """The name under which a conversation waits in the queue."""
    return f"person:{resident.id}"


def hand_over(
    session: Session,
    resident: Resident,
    dialog: Dialog,
    text: str,
    hours: OfficeHours,
    now: datetime,
    *,
    intent: str = "human",
) -> datetime:
    """Asks for a person and keeps the bot quiet; returns by when they will have answered."""
    due = _due(session, resident, hours, now)
    dialog.handover, dialog.handover_at = "waiting", now
    kind = desk.ItemKind.PERSON if intent == "human" else desk.ItemKind.REQUEST
    desk.put(
        session,
        kind,
        source_of(resident),
        text or "居民找工作人员",
        _subject(session, resident),
        due=due,
        now=now,
        intent=intent,
    )
    return due


def leave_word(
    session: Session,
    resident: Resident,
    text: str,
    hours: OfficeHours,
    now: datetime,
    *,
    intent: str,
    inbound_id: int,
) -> datetime:
    """Hands one request to the staff while the bot stays at hand; returns by when."""
    due = _due(session, resident, hours, now)
    desk.put(
        session,
        desk.ItemKind.REQUEST,
        f"request:{inbound_id}",
        text,
        _subject(session, resident, inbound_id),
        due=due,
        now=now,
        intent=intent,
    )
    return due


def heard(
    session: Session, resident: Resident, text: str, hours: OfficeHours, now: datetime
) -> None:
    """A message during a hand-over: the conversation waits for an answer again."""
    item = session.scalar(select(QueueItem).where(QueueItem.source == source_of(resident)))
    intent = item.intent if item else "human"
    kind = desk.ItemKind(item.kind) if item else desk.ItemKind.PERSON
    desk.put(
        session,
        kind,
        source_of(resident),
        text or "居民发来消息",
        _subject(session, resident),
        due=_due(session, resident, hours, now),
        now=now,
        intent=intent,
    )


def take(session: Session, resident: Resident, now: datetime) -> None:
    """A person has answered: the conversation waits no longer, the bot still keeps quiet."""
    dialog = session.get(Dialog, resident.id)
    if dialog is None or dialog.handover == "bot":
        return
    dialog.handover, dialog.updated_at = "person", now
    desk.finish(session, source_of(resident), now)


def end(session: Session, resident: Resident, staff: Staff | None, now: datetime) -> None:
    """Gives the conversation back to the bot; by the staff it is said to the resident."""
    dialog = session.get(Dialog, resident.id)
    if dialog is None or dialog.handover == "bot":
        return
    dialog.handover, dialog.strikes, dialog.updated_at = "bot", 0, now
    desk.finish(session, source_of(resident), now, staff)
    if staff is not None:
        stamp = int((dialog.handover_at or now).timestamp())
        outbox.post(
            session,
            resident,
            "这次就先到这里。有事随时说，回复“菜单”看能办什么。",
            source=f"handover-end:{resident.id}:{stamp}",
            now=now,
        )
        audit.record(session, now, staff, "handover.end", resident)


def _due(session: Session, resident: Resident, hours: OfficeHours, now: datetime) -> datetime:
    own = desk_terms.hours_of(session, resident.community_id, hours)
    return own.add(now, RESPONSE_MINUTES)


def _subject(session: Session, resident: Resident, inbound_id: int | None = None) -> desk.Subject:
    path = home_path(session, resident) or community_path(session, resident.community_id)
    return desk.Subject(
        community_id=resident.community_id,
        place_path=path,
        resident_id=resident.id,
        inbound_id=inbound_id,
    )


def end_idle(session: Session, now: datetime) -> int:
    """Gives conversations back to the bot that a person answered and nobody went on with.

    Nothing is said to the resident: their next message is simply understood again.
    """
    talked = (
        select(func.max(InboundMessage.received_at))
        .where(InboundMessage.resident_id == Dialog.resident_id)
        .scalar_subquery()
    )
    unanswered = exists().where(
        QueueItem.resident_id == Dialog.resident_id,
        QueueItem.source.startswith("person:"),
        QueueItem.state == "open",
    )
    idle = session.scalars(
        select(Dialog).where(
            Dialog.handover == "person",
            Dialog.updated_at < now - IDLE,
            talked < now - IDLE,
            ~unanswered,
        )
    ).all()
    for dialog in idle:
        end(session, session.get_one(Resident, dialog.resident_id), None, now)
    return len(idle)
