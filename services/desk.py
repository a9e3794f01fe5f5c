"""The one queue of everything that waits for a person (待办), by deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from services.access import (
    PERMISSIONS,
    Permission,
    Role,
    trusted_with,
    visible_talk,
    visible_to,
)
from storage.cases import Case
from storage.desk import QueueItem
from storage.staff import Staff

LEASE = timedelta(minutes=15)
"""How long a claim holds without a sign of life from the one who claimed."""


class ItemKind(StrEnum):
    """What kind of thing waits."""

    EMERGENCY = "emergency"
    CASE = "case"
    PERSON = "person"
    REQUEST = "request"
    APPROVAL = "approval"
    FAILED_SEND = "failed_send"
    FAILURE = "failure"
    MODERATION = "moderation"
    ESCALATION = "escalation"
    SUPERVISION = "supervision"
    REPORT = "report"
    TOPIC = "topic"
    POINTS = "points"
    ATTENDANCE = "attendance"
    HOURS = "hours"
    AID = "aid"
    CARE = "care"
    KNOWLEDGE = "knowledge"
    NOTICE = "notice"
    TIP = "tip"


KIND_NAMES = {
    ItemKind.EMERGENCY: "紧急",
    ItemKind.CASE: "说事",
    ItemKind.PERSON: "找人工",
    ItemKind.REQUEST: "转办服务",
    ItemKind.APPROVAL: "待审回复",
    ItemKind.FAILED_SEND: "未送达",
    ItemKind.FAILURE: "程序出错",
    ItemKind.MODERATION: "待审内容",
    ItemKind.ESCALATION: "催办",
    ItemKind.SUPERVISION: "督办",
    ItemKind.REPORT: "新报表",
    ItemKind.TOPIC: "议题",
    ItemKind.POINTS: "积分",
    ItemKind.ATTENDANCE: "签到表",
    ItemKind.HOURS: "补录时长",
    ItemKind.AID: "困难帮扶",
    ItemKind.CARE: "时间银行",
    ItemKind.KNOWLEDGE: "政策库",
    ItemKind.NOTICE: "待审发布",
    ItemKind.TIP: "保密举报",
}


class ClaimLost(Exception):
    """Somebody else holds or has settled this item; the message names what happened."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an item is about; `link` and `needs` as in the table."""

    community_id: int
    place_path: str
    case_id: int | None = None
    resident_id: int | None = None
    reply_id: int | None = None
    outbox_id: int | None = None
    inbound_id: int | None = None
    link: str = ""
    needs: Permission | None = None


_BY_SOURCE = (
    select(QueueItem)
    .where(QueueItem.source == bindparam("source"))
    .execution_options(autoflush=False)
)


def _known(session: Session, source: str) -> QueueItem | None:
    """The item of a source, written or about to be; asking writes nothing else before its time."""
    for new in session.new:
        if isinstance(new, QueueItem) and new.source == source:
            return new
    return session.scalar(_BY_SOURCE, {"source": source})


def put(
    session: Session,
    kind: ItemKind,
    source: str,
    title: str,
    subject: Subject,
    *,
    due: datetime,
    now: datetime,
    intent: str = "",
) -> QueueItem:
    """Puts something in the queue; the same source waits once.

    An item of that source that was done is opened again, with the new deadline.
    """
    item = _known(session, source)
    if item is None:
        item = QueueItem(source=source, created_at=now, version=0, due_at=due)
        session.add(item)
    elif item.state == "open":
        item.due_at = min(item.due_at, due)
        item.place_path = subject.place_path
        item.version += 1
        return item
    item.kind, item.title, item.intent = kind.value, title[:160], intent
    item.community_id, item.place_path = subject.community_id, subject.place_path
    item.case_id, item.resident_id = subject.case_id, subject.resident_id
    item.reply_id, item.outbox_id = subject.reply_id, subject.outbox_id
    item.inbound_id = subject.inbound_id
    item.link, item.needs = subject.link, subject.needs or ""
    item.urgent = kind is ItemKind.EMERGENCY
    item.state, item.due_at, item.version = "open", due, item.version + 1
    item.claimed_by = item.claimed_until = item.done_at = item.done_by = None
    return item


def finish(session: Session, source: str, now: datetime, staff: Staff | None = None) -> None:
    """Marks the open item of a source as done; nothing happens where none is open."""
    session.execute(
        update(QueueItem)
        .where(QueueItem.source == source, QueueItem.state == "open")
        .values(
            state="done",
            done_at=now,
            done_by=staff.id if staff else None,
            version=QueueItem.version + 1,
        )
    )


def reschedule(session: Session, source: str, due: datetime) -> None:
    """Gives the open item of a source another deadline; nothing happens where none is open."""
    session.execute(
        update(QueueItem)
        .where(QueueItem.source == source, QueueItem.state == "open")
        .values(due_at=due, version=QueueItem.version + 1)
    )


def claim(session: Session, staff: Staff, item_id: int, version: int, now: datetime) -> int:
    """Takes an item for `staff` by compare-and-swap; returns the new version.

    Raises ClaimLost where another holds a live claim or the item has changed meanwhile.
    """
    result = session.execute(
        update(QueueItem)
        .where(
            QueueItem.id == item_id,
            QueueItem.version == version,
            QueueItem.state == "open",
            or_(
                QueueItem.claimed_by.is_(None),
                QueueItem.claimed_by == staff.id,
                QueueItem.claimed_until < now,
            ),
        )
        .values(claimed_by=staff.id, claimed_until=now + LEASE, version=version + 1)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise ClaimLost("这件事刚刚被别人领走或有了变化，请刷新后再看")
    return version + 1


def release(session: Session, staff: Staff, item_id: int) -> None:
    """Gives an item back that `staff` had claimed."""
    session.execute(
        update(QueueItem)
        .where(QueueItem.id == item_id, QueueItem.claimed_by == staff.id)
        .values(claimed_by=None, claimed_until=None, version=QueueItem.version + 1)
    )


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which part of the queue is wanted; empty means all of it."""

    kind: str = ""
    mine: bool = False
    overdue: bool = False
    words: str = ""


def visible_items(staff: Staff) -> ColumnElement[bool]:
    """The condition that `staff` may see an item; private cases stay with those who may, and so
    does what their residents say outside of a case. A partner sees the cases handed to them.
    """
    trusted = select(Case.id).where(Case.id == QueueItem.case_id, trusted_with(staff))
    about_cases = trusted.correlate(QueueItem).exists()
    if staff.role == Role.PARTNER:
        return about_cases
    held = PERMISSIONS[Role(staff.role)]
    inside = visible_to(staff, QueueItem.place_path) & QueueItem.needs.in_(["", *held])
    about_talk = and_(QueueItem.case_id.is_(None), visible_talk(staff, QueueItem.resident_id))
    return and_(inside, or_(about_talk, about_cases))


def waiting(
    session: Session,
    staff: Staff,
    wanted: QueueFilter,
    now: datetime,
    *,
    offset: int = 0,
    limit: int = 30,
) -> tuple[list[QueueItem], int]:
    """A page of what waits for `staff`, urgent first, then by deadline; and how many in all."""
    query = _filtered(staff, wanted, now)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(QueueItem.urgent.desc(), QueueItem.due_at, QueueItem.id)
    return list(session.scalars(page.offset(offset).limit(limit))), total


def counts(session: Session, staff: Staff, now: datetime) -> dict[str, int]:
    """Open items by kind, and `overdue` among them."""
    query = (
        select(QueueItem.kind, func.count())
        .where(QueueItem.state == "open", visible_items(staff))
        .group_by(QueueItem.kind)
    )
    by_kind = {kind: count for kind, count in session.execute(query)}
    late = _filtered(staff, QueueFilter(overdue=True), now).subquery()
    return by_kind | {"overdue": session.scalar(select(func.count()).select_from(late)) or 0}


def _filtered(staff: Staff, wanted: QueueFilter, now: datetime) -> Select[QueueItem]:
    query = select(QueueItem).where(QueueItem.state == "open", visible_items(staff))
    if wanted.kind:
        query = query.where(QueueItem.kind == wanted.kind)
    if wanted.mine:
        query = query.where(QueueItem.claimed_by == staff.id)
    if wanted.overdue:
        query = query.where(QueueItem.due_at < now)
    if wanted.words:
        query = query.where(QueueItem.title.contains(wanted.words, autoescape=True))
    return query
