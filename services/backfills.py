"""Entering volunteer time by hand (补录): always honour time, with a reason; above a limit a second
person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, desk, outbox, scope
from services.access import Permission, require
from services.calendar import CHINA, OfficeHours
from services.places import community_path
from services.volunteer_hours import BadHours, Given, HourKind, enter, say_minutes
from storage.activities import Occasion
from storage.residents import Resident
from storage.staff import Staff
from storage.volunteers import Backfill

ALONE_UP_TO = 240
"""Minutes that one member of staff may enter alone."""
MOST_MINUTES = 12 * 60
OLDEST = timedelta(days=92)
TIME_TO_DECIDE = 540
STATE_NAMES = {"awaiting": "等待复核", "approved": "已记入", "rejected": "已退回"}


class StaleBackfill(Exception):
    """Somebody has decided meanwhile."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Time to be entered for a volunteer, in minutes of one day."""

    resident: Resident
    minutes: int
    served_on: date
    reason: str
    occasion: Occasion | None = None


def propose(
    session: Session, staff: Staff, wanted: Proposal, hours: OfficeHours, now: datetime
) -> Backfill:
    """Enters time up to `ALONE_UP_TO` at once; more waits for a second person.

    Raises BadHours.
    """
    community_id = wanted.resident.community_id
    require(staff, Permission.KEEP_ACTIVITIES, community_path(session, community_id))
    _check(wanted, now)
    row = Backfill(
        community_id=community_id,
        resident_id=wanted.resident.id,
        occasion_id=wanted.occasion.id if wanted.occasion else None,
        minutes=wanted.minutes,
        served_on=wanted.served_on,
        reason=wanted.reason.strip()[:200],
        state="awaiting",
        proposed_by=staff.id,
        created_at=now,
        version=1,
    )
    session.add(row)
    session.flush()
    audit.record(session, now, staff, "hours.backfill", row, reason=row.reason)
    if row.minutes <= ALONE_UP_TO:
        _grant(session, staff, row, now)
    else:
        _enqueue(session, row, hours, now)
    return row


def _check(wanted: Proposal, now: datetime) -> None:
    today = now.astimezone(CHINA).date()
    if not 1 <= wanted.minutes <= MOST_MINUTES:
        raise BadHours("minutes", f"一天 1 到 {MOST_MINUTES} 分钟")
    if not today - OLDEST <= wanted.served_on <= today:
        raise BadHours("served_on", "只能补录最近三个月里的某一天")
    if len(wanted.reason.strip()) < 4:
        raise BadHours("reason", "请写明是什么服务、为什么没有签到")


def decide(
    session: Session,
    staff: Staff,
    row: Backfill,
    version: int,
    *,
    grant: bool,
    note: str,
    now: datetime,
) -> None:
    """The second person's decision. Raises StaleBackfill, and BadHours for the proposer
    themselves or a refusal without a reason.
    """
    require(staff, Permission.APPROVE, community_path(session, row.community_id))
    session.refresh(row, with_for_update=True)
    if row.state != "awaiting" or row.version != version:
        raise StaleBackfill("这条补录刚刚已有同事处理")
    if row.proposed_by == staff.id:
        raise BadHours("note", "自己提交的补录要由另一位同事复核")
    if not grant and not note.strip():
        raise BadHours("note", "退回要写明原因")
    row.note, row.version = note.strip(), version + 1
    if grant:
        _grant(session, staff, row, now)
    else:
        row.state, row.decided_by, row.decided_at = "rejected", staff.id, now
    desk.finish(session, source_of(row), now, staff)
    audit.record(session, now, staff, f"hours.backfill_{row.state}", row, reason=row.note)


def _grant(session: Session, staff: Staff, row: Backfill, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = "approved", staff.id, now
    resident = session.get_one(Resident, row.resident_id)
    occasion = session.get(Occasion, row.occasion_id) if row.occasion_id else None
    source = f"backfill:{row.id}"
    given = Given(
        resident, HourKind.HONOUR, row.minutes, row.served_on, source, row.reason, occasion
    )
    enter(session, given, staff, now)
    text = (
        f"工作人员为您补记了荣誉时长{say_minutes(row.minutes)}"
        f"（{row.served_on.month}月{row.served_on.day}日，{row.reason}）。回复“我的时长”查看。"
    )
    outbox.post(session, resident, text, source=source, now=now)


def source_of(row: Backfill) -> str:
    """The name under which a proposal waits in the queue."""
    return f"backfill:{row.id}"


def _enqueue(session: Session, row: Backfill, hours: OfficeHours, now: datetime) -> None:
    subject = desk.Subject(
        community_id=row.community_id,
        place_path=community_path(session, row.community_id),
        resident_id=row.resident_id,
        link=f"/console/backfills/{row.id}",
        needs=Permission.APPROVE,
    )
    title = f"补录时长待复核：{say_minutes(row.minutes)}，{row.reason}"
    due = hours.add(now, TIME_TO_DECIDE)
    desk.put(session, desk.ItemKind.HOURS, source_of(row), title, subject, due=due, now=now)


def find(session: Session, staff: Staff, number: int) -> Backfill | None:
    """A proposal of a community in the scope of `staff`."""
    query = select(Backfill).where(
        Backfill.id == number, Backfill.community_id.in_(scope.communities(staff))
    )
    return session.scalar(query)
