"""Volunteer hours (服务时长): credit for time checked in and out, honour for time entered by staff.

The two kinds are never added up. Entries are only added; a correction is an entry of its own, with
a reason. Rule: 志愿服务记录与证明出具办法（试行）, order 67 of the Ministry of Civil Affairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, outbox, volunteer_points
from services.access import Permission, require
from services.places import community_place
from storage.activities import Activity, Occasion
from storage.residents import Resident
from storage.staff import Staff
from storage.volunteers import HourEntry


class HourKind(StrEnum):
    """Where time comes from; the value is stored."""

    CREDIT = "credit"
    HONOUR = "honour"


HOUR_NAMES = {HourKind.CREDIT: "信用时长", HourKind.HONOUR: "荣誉时长"}


class BadHours(Exception):
    """The time cannot be entered; `field` says where, the message why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Hours:
    """The totals of one volunteer, in minutes."""

    credit: int = 0
    honour: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """Time to be entered: whose, of which kind, how much, when and why."""

    resident: Resident
    kind: HourKind
    minutes: int
    served_on: date
    source: str
    reason: str
    occasion: Occasion | None = None


def enter(session: Session, given: Given, staff: Staff | None, now: datetime) -> HourEntry:
    """Adds an entry; the same source gives the entry that is already there."""
    found = session.scalar(select(HourEntry).where(HourEntry.source == given.source))
    if found is not None:
        return found
    entry = HourEntry(
        community_id=given.resident.community_id,
        resident_id=given.resident.id,
        kind=given.kind.value,
        minutes=given.minutes,
        served_on=given.served_on,
        source=given.source,
        reason=given.reason[:200],
        occasion_id=given.occasion.id if given.occasion else None,
        staff_id=staff.id if staff else None,
        at=now,
    )
    session.add(entry)
    session.flush()
    return entry


def correct(
    session: Session, staff: Staff, entry: HourEntry, minutes: int, reason: str, now: datetime
) -> HourEntry:
    """Sets the time of an entry right by a new one of the difference, and tells the volunteer.

    `minutes` is what it should have been. Raises BadHours.
    """
    require(staff, Permission.KEEP_ACTIVITIES, community_place(session, entry.community_id).path)
    if not reason.strip():
        raise BadHours("reason", "请写明原因，本人会看到")
    if entry.corrects_id is not None:
        raise BadHours("minutes", "更正记录不能再更正，请更正原来的那条")
    resident = session.get_one(Resident, entry.resident_id, with_for_update={"key_share": True})
    before = entry.minutes + _corrections(session, entry)
    if minutes < 0 or minutes == before:
        raise BadHours("minutes", f"现在是 {before} 分钟，请填更正后的分钟数")
    new = HourEntry(
        community_id=entry.community_id,
        resident_id=entry.resident_id,
        kind=entry.kind,
        minutes=minutes - before,
        served_on=entry.served_on,
        source=f"correction:{entry.id}:{_corrections_count(session, entry) + 1}",
        reason=reason.strip()[:200],
        occasion_id=entry.occasion_id,
        corrects_id=entry.id,
        staff_id=staff.id,
        at=now,
    )
    session.add(new)
    session.flush()
    _adjust_points(session, new, before, staff, now)
    audit.record(session, now, staff, "hours.correct", new, reason=new.reason)
    text = (
        f"您{entry.served_on.month}月{entry.served_on.day}日的{HOUR_NAMES[HourKind(entry.kind)]}"
        f"更正为{say_minutes(minutes)}（原来{say_minutes(before)}）。原因：{new.reason}\n"
        "有不同意见，回复“人工”。"
    )
    outbox.post(session, resident, text, source=f"hours:{new.id}", now=now)
    return new


def _adjust_points(
    session: Session, new: HourEntry, before: int, staff: Staff, now: datetime
) -> None:
    """Honour hours give no points, so none are taken."""
    occasion = session.get(Occasion, new.occasion_id) if new.occasion_id else None
    if occasion is None or new.kind != HourKind.CREDIT:
        return
    activity = session.get_one(Activity, occasion.activity_id)
    try:
        volunteer_points.adjust(session, activity, new, before, staff, now)
    except volunteer_points.PointsSpent:
        raise BadHours("minutes", "多发的积分已经用掉，扣不回来；请先在积分里处理") from None


def _corrections(session: Session, entry: HourEntry) -> int:
    total = select(func.sum(HourEntry.minutes)).where(HourEntry.corrects_id == entry.id)
    return session.scalar(total) or 0


def _corrections_count(session: Session, entry: HourEntry) -> int:
    count = select(func.count()).where(HourEntry.corrects_id == entry.id)
    return session.scalar(count) or 0


def totals(session: Session, resident: Resident) -> Hours:
    """What one volunteer has given so far."""
    return totals_of(session, [resident.id]).get(resident.id, Hours())


def totals_of(session: Session, residents: list[int]) -> dict[int, Hours]:
    """The totals of several volunteers, by the number of the resident."""
    query = (
        select(HourEntry.resident_id, HourEntry.kind, func.sum(HourEntry.minutes))
        .where(HourEntry.resident_id.in_(residents))
        .group_by(HourEntry.resident_id, HourEntry.kind)
    )
    sums = {(who, kind): minutes for who, kind, minutes in session.execute(query)}
    return {
        who: Hours(int(sums.get((who, "credit"), 0)), int(sums.get((who, "honour"), 0)))
        for who in residents
    }


def entries_of(session: Session, resident: Resident, limit: int = 50) -> list[HourEntry]:
    """The entries of a volunteer, the newest first."""
    query = select(HourEntry).where(HourEntry.resident_id == resident.id)
    return list(session.scalars(query.order_by(HourEntry.id.desc()).limit(limit)))


def find_entry(session: Session, resident: Resident, number: int) -> HourEntry | None:
    """One entry of a volunteer."""
    return session.scalar(
        select(HourEntry).where(HourEntry.id == number, HourEntry.resident_id == resident.id)
    )


def activity_title(session: Session, entry: HourEntry) -> str:
    """What an entry was given for, in the words of the activity; empty where there is none."""
    query = (
        select(Activity.title)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .where(Occasion.id == entry.occasion_id)
    )
    return session.scalar(query) or "" if entry.occasion_id else ""


def say_minutes(minutes: int) -> str:
    """A length of time as one says it: 1小时30分."""
    hours, rest = divmod(abs(minutes), 60)
    said = f"{hours}小时" * bool(hours) + f"{rest}分" * bool(rest or not hours)
    return f"-{said}" if minutes < 0 else said
