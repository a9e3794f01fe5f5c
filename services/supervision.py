"""督办: the supervisor orders that a case be dealt with by a date, and reads what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, case_queue, desk
from services.access import Permission, require
from services.case_events import record
from services.case_states import OPEN, Actor, State
from services.case_words import BadInput, words_of
from storage.case_ties import Supervision
from storage.cases import Case
from storage.staff import Staff

LONGEST = 500


def source_of(order: Supervision) -> str:
    """The name under which an order waits in the queue."""
    return f"supervision:{order.id}"


def order(
    session: Session, staff: Staff, case: Case, instruction: str, due: datetime, now: datetime
) -> Supervision:
    """Orders that a case be dealt with by `due`; raises Forbidden, BadInput."""
    require(staff, Permission.SUPERVISE, case.place_path)
    words = words_of(instruction, "督办要求", LONGEST)
    if State(case.state) not in OPEN:
        raise BadInput("这件事已经了结，不用督办")
    if due <= now:
        raise BadInput("督办期限要在现在之后")
    if open_order(session, case) is not None:
        raise BadInput("这件事正在督办，答复后才能再督办")
    row = Supervision(
        community_id=case.community_id,
        case_id=case.id,
        ordered_by=staff.id,
        instruction=words,
        due_at=due,
        created_at=now,
        answer="",
    )
    session.add(row)
    session.flush()
    _note(session, case, staff, "supervised", words, now)
    desk.put(
        session,
        desk.ItemKind.SUPERVISION,
        source_of(row),
        words,
        case_queue.subject_of(case),
        due=due,
        now=now,
    )
    audit.record(session, now, staff, "case.supervise", case, reason=words)
    return row


def answer(session: Session, staff: Staff, case: Case, words: str, now: datetime) -> None:
    """Reports back on the open order; raises Forbidden, BadInput."""
    require(staff, Permission.HANDLE, case.place_path)
    row = open_order(session, case)
    if row is None:
        raise BadInput("现在没有要答复的督办")
    row.answer, row.done_at = words_of(words, "督办答复", LONGEST), now
    _note(session, case, staff, "answered", row.answer, now)
    desk.finish(session, source_of(row), now, staff)
    audit.record(session, now, staff, "case.answer_order", case, reason=row.answer)


def open_order(session: Session, case: Case) -> Supervision | None:
    """The order about a case that is not answered yet."""
    return session.scalar(
        select(Supervision).where(Supervision.case_id == case.id, Supervision.done_at.is_(None))
    )


def orders_of(session: Session, case: Case) -> list[Supervision]:
    """Every order about a case, the newest first."""
    query = select(Supervision).where(Supervision.case_id == case.id)
    return list(session.scalars(query.order_by(Supervision.id.desc())))


def _note(session: Session, case: Case, staff: Staff, kind: str, words: str, now: datetime) -> None:
    event = record(session, case, now, kind, Actor.STAFF, staff.id)
    event.reason = words
