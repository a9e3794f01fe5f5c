"""Marks: short texts that differ when what a page shows has changed.

A mark is compared, never read. It is made of counts and sums over indexed rows that are still
moving, so that it stays cheap however long the history grows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, false, func, select
from sqlalchemy.orm import Session

from services.desk import visible_items
from storage.cases import CaseEvent
from storage.desk import QueueItem, Reply
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Dialog
from storage.staff import Staff

_ON_THE_WAY = ("ready", "retry", "sending", "waiting", "unknown")


def everything(session: Session, now: datetime) -> str:
    """The mark of the whole database, as far as pages show it."""
    moving = (
        select(OutboxMessage.state, func.count(), func.sum(OutboxMessage.id))
        .where(OutboxMessage.state.in_(_ON_THE_WAY))
        .group_by(OutboxMessage.state)
        .order_by(OutboxMessage.state)
    )
    return _mark(
        session,
        _queue(now),
        select(func.max(InboundMessage.id)),
        select(func.max(CaseEvent.id)),
        select(func.max(Reply.id)),
        select(func.max(OutboxMessage.id)),
        select(func.count()).where(Media.state == "pending"),
        moving,
    )


def queue(session: Session, staff: Staff, now: datetime) -> str:
    """The mark of the queue as `staff` sees it."""
    return _mark(session, _queue(now).where(visible_items(staff)))


def conversation(session: Session, resident_id: int | None, case_id: int | None) -> str:
    """The mark of a case and the conversation beside it; either may be None."""
    about = _is(Reply.resident_id, resident_id)
    mine = _is(QueueItem.resident_id, resident_id) | _is(QueueItem.case_id, case_id)
    return _mark(
        session,
        _largest(InboundMessage.id, _is(InboundMessage.resident_id, resident_id)),
        select(func.count(), func.sum(Reply.version)).where(about),
        select(func.count(), func.sum(QueueItem.version)).where(mine),
        _largest(CaseEvent.id, _is(CaseEvent.case_id, case_id)),
        select(Dialog.handover).where(_is(Dialog.resident_id, resident_id)),
        select(func.count()).where(_is(Media.resident_id, resident_id), Media.state == "stored"),
        _sent(_is(OutboxMessage.resident_id, resident_id)),
    )


def matter(session: Session, case_id: int | None) -> str:
    """The mark of one case without the conversation around it: nothing that its resident says
    elsewhere moves it.
    """
    replies = _is(Reply.case_id, case_id)
    return _mark(
        session,
        select(func.count(), func.sum(Reply.version)).where(replies),
        select(func.count(), func.sum(QueueItem.version)).where(_is(QueueItem.case_id, case_id)),
        _largest(CaseEvent.id, _is(CaseEvent.case_id, case_id)),
        select(func.count()).where(_is(Media.case_id, case_id), Media.state == "stored"),
        _sent(OutboxMessage.id.in_(select(Reply.outbox_id).where(replies))),
    )


def _sent(condition: ColumnElement[bool]) -> Executable:
    return (
        select(OutboxMessage.state, func.count(), func.sum(OutboxMessage.id))
        .where(condition)
        .group_by(OutboxMessage.state)
        .order_by(OutboxMessage.state)
    )


def _is(column: Any, number: int | None) -> ColumnElement[bool]:
    """That a column has this number; nothing has none, though many rows may have no number."""
    return column == number if number is not None else false()


def _queue(now: datetime) -> Select[int, int, int, int, int]:
    return select(
        func.count(),
        func.sum(QueueItem.version),
        func.sum(QueueItem.id),
        func.count().filter(QueueItem.claimed_until > now),
        func.count().filter(QueueItem.due_at < now),
    ).where(QueueItem.state == "open")


def _largest(column: Any, condition: ColumnElement[bool]) -> Select[Any]:
    return select(func.max(column)).where(condition)


def _mark(session: Session, *queries: Executable) -> str:
    """The values of all rows, one behind the other."""
    rows = [tuple(row) for query in queries for row in session.execute(query)]
    return ";".join(",".join(str(value) for value in row) for row in rows)
