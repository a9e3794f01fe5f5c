"""One stored row by its number, for a member of staff: None where it lies outside what they see.

Every page and action of the console begins here, so nobody meets a row by guessing its number.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select
from sqlalchemy.orm import Session

from services.access import visible_cases, visible_talk
from services.desk import visible_items
from services.residents import visible_residents
from storage.cases import Case, CaseEvent
from storage.desk import QueueItem, Reply
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Resident
from storage.staff import Staff


def case(session: Session, staff: Staff, case_id: int) -> Case | None:
    """A case in scope, private ones for those who may."""
    return session.scalar(select(Case).where(Case.id == case_id, visible_cases(staff)))


def resident(session: Session, staff: Staff, resident_id: int) -> Resident | None:
    """A resident of the scope, or with a case in it."""
    return session.scalar(
        select(Resident).where(Resident.id == resident_id, visible_residents(staff))
    )


def item(session: Session, staff: Staff, item_id: int) -> QueueItem | None:
    """Something in the queue, open or done."""
    return session.scalar(select(QueueItem).where(QueueItem.id == item_id, visible_items(staff)))


def item_of(session: Session, staff: Staff, source: str) -> QueueItem | None:
    """What waits in the queue under this source, open or done."""
    return session.scalar(select(QueueItem).where(QueueItem.source == source, visible_items(staff)))


def reply(session: Session, staff: Staff, reply_id: int) -> Reply | None:
    """A reply about a case in sight, or to a resident in sight."""
    return session.scalar(select(Reply).where(Reply.id == reply_id, _about(Reply, staff)))


def reads_talk(session: Session, staff: Staff, resident_id: int) -> bool:
    """Whether `staff` may read what this resident says outside of their cases."""
    readable = visible_talk(staff, Resident.id)
    found = session.scalar(select(Resident.id).where(Resident.id == resident_id, readable))
    return found is not None


def inbound_message(session: Session, staff: Staff, message_id: int) -> InboundMessage | None:
    """A message from a resident in sight whose conversation is open to `staff`."""
    return session.scalar(
        select(InboundMessage).where(
            InboundMessage.id == message_id, InboundMessage.resident_id.in_(_talkers(staff))
        )
    )


def outbox_message(session: Session, staff: Staff, message_id: int) -> OutboxMessage | None:
    """A message about a case in sight, or to a resident whose conversation is open to `staff`."""
    about_cases = _sent_about(select(Case.id).where(visible_cases(staff)))
    mine = and_(
        OutboxMessage.resident_id.in_(select(Resident.id).where(visible_residents(staff))),
        or_(OutboxMessage.resident_id.in_(_talkers(staff)), about_cases),
    )
    return session.scalar(select(OutboxMessage).where(OutboxMessage.id == message_id, mine))


def case_of_send(session: Session, staff: Staff, message: OutboxMessage) -> Case | None:
    """The case in sight that a message was about, as a reply or as word of its progress."""
    replied = select(Reply.case_id).where(Reply.outbox_id == message.id)
    moved = select(CaseEvent.case_id).where(_told_by(CaseEvent) == message.source)
    return session.scalar(
        select(Case).where(visible_cases(staff), or_(Case.id.in_(replied), Case.id.in_(moved)))
    )


def medium(session: Session, staff: Staff, media_id: int) -> Media | None:
    """A picture or voice of a case in sight; one without a case, where the conversation of its
    resident is open to `staff`.
    """
    return session.scalar(select(Media).where(Media.id == media_id, _about(Media, staff)))


def _about(table: type[Reply] | type[Media], staff: Staff) -> ColumnElement[bool]:
    cases = select(Case.id).where(visible_cases(staff))
    return or_(
        table.case_id.in_(cases),
        and_(table.case_id.is_(None), table.resident_id.in_(_talkers(staff))),
    )


def _talkers(staff: Staff) -> Select[int]:
    return select(Resident.id).where(visible_residents(staff), visible_talk(staff, Resident.id))


def _sent_about(cases: Select[int]) -> ColumnElement[bool]:
    events = select(_told_by(CaseEvent)).where(CaseEvent.case_id.in_(cases))
    replied = select(Reply.outbox_id).where(Reply.case_id.in_(cases), Reply.outbox_id.is_not(None))
    return or_(OutboxMessage.source.in_(events), OutboxMessage.id.in_(replied))


def _told_by(event: type[CaseEvent]) -> ColumnElement[str]:
    """The source of the message that told the resident of an event."""
    return literal("case-event:").concat(cast(event.id, String))
