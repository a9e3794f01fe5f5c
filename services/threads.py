"""The thread of one resident as the desk works with it: the conversation and all around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from services import conversations, finding, handover, marks, place_names, replies
from services import staff as people
from services.access import visible_cases
from services.residents import display_name, home_path, mask_phone
from services.send_windows import Window, window
from storage.cases import Case, CaseEvent
from storage.desk import QueueItem, Reply
from storage.residents import Dialog, Resident
from storage.staff import Staff

SHOWN_REPLIES, SHOWN_CASES = 5, 9


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply that has not gone out, with who wrote and who reviewed it."""

    reply: Reply
    author: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A resident's conversation; `name`, `phone` and `home` are masked.

    `authors` names who wrote what was sent, by outbox number; `newest` is the number of the
    resident's newest message, against which a reply is measured. Where `limited`, the resident
    has a private case that the reader may not see, and the lines are those of one case alone.
    """

    resident: Resident
    name: str
    phone: str
    home: str
    lines: list[conversations.Line]
    authors: dict[int, str]
    unsent: list[ReplyRow]
    window: Window
    handover: str
    newest: int | None
    cases: list[Case]
    item: QueueItem | None
    limited: bool


def load(
    session: Session, staff: Staff, resident: Resident, now: datetime, case: Case | None = None
) -> Thread:
    """The thread of a resident, read beside `case`; the cases in it are those that `staff` may
    see. Where they may not read the conversation, the lines are those of `case`, or none.
    """
    limited = not finding.reads_talk(session, staff, resident.id)
    dialog = None if limited else session.get(Dialog, resident.id)
    path = home_path(session, resident)
    return Thread(
        resident=resident,
        name=display_name(resident),
        phone=mask_phone(resident.phone) if resident.phone else "",
        home=place_names.name_of(session, path) if path else "",
        lines=_lines(session, resident, case, limited),
        authors=_authors(session, resident),
        unsent=_unsent(session, resident, case, limited),
        window=window(resident, now),
        handover=dialog.handover if dialog else "bot",
        newest=replies.newest_inbound_id(session, resident),
        cases=_cases(session, staff, resident),
        item=None if limited else _item(session, resident),
        limited=limited,
    )


def mark(session: Session, staff: Staff, resident_id: int | None, case_id: int | None) -> str:
    """The mark of a conversation as far as `staff` may read it; either number may be None."""
    if resident_id is None or finding.reads_talk(session, staff, resident_id):
        return marks.conversation(session, resident_id, case_id)
    return marks.matter(session, case_id)


def _lines(
    session: Session, resident: Resident, case: Case | None, limited: bool
) -> list[conversations.Line]:
    if not limited:
        return conversations.conversation(session, resident)
    return conversations.about_case(session, case) if case else []


def _item(session: Session, resident: Resident) -> QueueItem | None:
    source = handover.source_of(resident)
    return session.scalar(select(QueueItem).where(QueueItem.source == source))


def reply_rows(session: Session, found: Sequence[Reply]) -> list[ReplyRow]:
    """Replies with the names of their authors and reviewers."""
    ids = [number for row in found for number in (row.author_id, row.reviewer_id) if number]
    names = people.names(session, ids)
    return [
        ReplyRow(row, names.get(row.author_id, ""), names.get(row.reviewer_id or 0, ""))
        for row in found
    ]


def actor_names(session: Session, events: Sequence[CaseEvent]) -> dict[int, str]:
    """Who did what, by the number of the event: a name, 居民 or 系统."""
    staff = [row.actor_id for row in events if row.actor_kind == "staff" and row.actor_id]
    names = people.names(session, staff)
    words = {"resident": "居民", "system": "系统"}
    return {
        row.id: words.get(row.actor_kind) or names.get(row.actor_id or 0, "工作人员")
        for row in events
    }


def _authors(session: Session, resident: Resident) -> dict[int, str]:
    query = (
        select(Reply.outbox_id, Staff.name)
        .join(Staff, Staff.id == Reply.author_id)
        .where(Reply.resident_id == resident.id, Reply.outbox_id.is_not(None))
    )
    return {number: name for number, name in session.execute(query) if number is not None}


def _unsent(
    session: Session, resident: Resident, case: Case | None, limited: bool
) -> list[ReplyRow]:
    """What waits for approval, and what came back since the last reply that went out."""
    seen = Reply.resident_id == resident.id
    if limited:
        seen = Reply.case_id == case.id if case else false()
    last_sent = (
        select(Reply.id).where(seen, Reply.state == "approved").order_by(Reply.id.desc()).limit(1)
    )
    found = session.scalars(
        select(Reply)
        .where(
            seen,
            or_(
                Reply.state == "awaiting",
                (Reply.state == "rejected") & (Reply.id > (session.scalar(last_sent) or 0)),
            ),
        )
        .order_by(Reply.id.desc())
        .limit(SHOWN_REPLIES)
    ).all()
    return reply_rows(session, found[::-1])


def _cases(session: Session, staff: Staff, resident: Resident) -> list[Case]:
    query = (
        select(Case)
        .where(Case.resident_id == resident.id, visible_cases(staff))
        .order_by(Case.id.desc())
        .limit(SHOWN_CASES)
    )
    return list(session.scalars(query))
