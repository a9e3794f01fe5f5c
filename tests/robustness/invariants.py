"""What must hold in a database at any moment, also after a process was killed in mid-work."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import cases
from storage.cases import Case, CaseEvent
from storage.communities import Community
from storage.desk import QueueItem
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Dialog, Resident

FIRST_NUMBER = 1000
Check = Callable[[Session], list[str]]


def broken(session: Session) -> list[str]:
    """Everything that is half done, in words; empty where all is whole."""
    return [fault for check in CHECKS for fault in check(session)]


def _cases_are_whole(session: Session) -> list[str]:
    """Every case was submitted once and waits in the queue once."""
    events = dict(
        session.execute(
            select(CaseEvent.case_id, func.count())
            .where(CaseEvent.kind == "submitted")
            .group_by(CaseEvent.case_id)
        ).all()
    )
    waiting = set(session.scalars(select(QueueItem.source)))
    return [
        f"case {case.number}: {events.get(case.id, 0)} beginnings"
        for case in session.scalars(select(Case))
        if events.get(case.id) != 1 or cases.source_of(case) not in waiting
    ]


def _numbers_have_no_gap(session: Session) -> list[str]:
    faults = []
    for community in session.scalars(select(Community)):
        numbers = sorted(
            session.scalars(select(Case.number).where(Case.community_id == community.id))
        )
        if numbers != list(range(FIRST_NUMBER + 1, community.last_case_number + 1)):
            faults.append(f"{len(numbers)} cases up to number {community.last_case_number}")
    return faults


def _messages_are_answered(session: Session) -> list[str]:
    """A stored message has its reply (silence too is one) and the dialog: all came in one piece."""
    rows = session.execute(
        select(InboundMessage.id, InboundMessage.reply, Dialog.resident_id)
        .join(Resident, Resident.id == InboundMessage.resident_id)
        .outerjoin(Dialog, Dialog.resident_id == Resident.id)
        .where(Resident.forgotten_at.is_(None))
    )
    return [
        f"message {number} is half done"
        for number, reply, dialog in rows
        if reply is None or dialog is None
    ]


def _messages_are_unique(session: Session) -> list[str]:
    query = (
        select(InboundMessage.key)
        .group_by(InboundMessage.account, InboundMessage.key)
        .having(func.count() > 1)
    )
    return [f"message {key} is stored twice" for key in session.scalars(query)]


def _residents_have_written(session: Session) -> list[str]:
    silent = select(Resident.id).where(
        Resident.id.not_in(
            select(InboundMessage.resident_id).where(InboundMessage.resident_id.is_not(None))
        )
    )
    return [f"resident {number} never wrote" for number in session.scalars(silent)]


def _references_hold(session: Session) -> list[str]:
    """Nothing points at a row that is not there."""
    links = (
        (CaseEvent.case_id, Case.id),
        (QueueItem.case_id, Case.id),
        (QueueItem.resident_id, Resident.id),
        (Media.inbound_id, InboundMessage.id),
        (OutboxMessage.resident_id, Resident.id),
    )
    faults = []
    for link, target in links:
        loose = select(func.count()).where(link.is_not(None), link.not_in(select(target)))
        if session.scalar(loose):
            faults.append(f"{link} points nowhere")
    return faults


CHECKS: tuple[Check, ...] = (
    _cases_are_whole,
    _numbers_have_no_gap,
    _messages_are_answered,
    _messages_are_unique,
    _residents_have_written,
    _references_hold,
)
