"""One stored row by its number, for a member of staff: None where it lies outside what they see.

Every page and action of the console begins here, so nobody meets a row by guessing its number.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from services.access import visible_cases
from services.desk import visible_items
from services.residents import visible_residents
from storage.cases import Case
from storage.desk import QueueItem, Reply
from storage.messages import Media, OutboxMessage
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


def outbox_message(session: Session, staff: Staff, message_id: int) -> OutboxMessage | None:
    """A message to a resident in sight."""
    mine = select(Resident.id).where(visible_residents(staff))
    return session.scalar(
        select(OutboxMessage).where(
            OutboxMessage.id == message_id, OutboxMessage.resident_id.in_(mine)
        )
    )


def medium(session: Session, staff: Staff, media_id: int) -> Media | None:
    """A picture or voice of a case in sight, or of a resident in sight where it has no case."""
    return session.scalar(select(Media).where(Media.id == media_id, _about(Media, staff)))


def _about(table: type[Reply] | type[Media], staff: Staff) -> ColumnElement[bool]:
    cases = select(Case.id).where(visible_cases(staff))
    residents = select(Resident.id).where(visible_residents(staff))
    return or_(
        table.case_id.in_(cases), and_(table.case_id.is_(None), table.resident_id.in_(residents))
    )
