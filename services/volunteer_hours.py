"""Volunteer hours (服务时长): credit for time checked in and out, honour for time entered by staff.

The two kinds are two units of the ledger and never added up. The minutes stand in the ledger; what
they were given for stands beside the entry. A correction is an entry of its own, with a reason.
Rule: 志愿服务记录与证明出具办法（试行）, order 67 of the Ministry of Civil Affairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from services import audit, ledger, outbox, volunteer_points
from services.access import Permission, require
from services.bad_field import BadField
from services.places import community_path
from services.volunteer_entries import (
    HOUR_NAMES,
    UNITS,
    HourEntry,
    HourKind,
    Hours,
    activity_title,
    corrections_of,
    entries_of,
    find_entry,
    joined,
    say_minutes,
    totals,
    totals_of,
)
from storage.activities import Activity, Occasion
from storage.ledger import LedgerEntry
from storage.residents import Resident
from storage.staff import Staff
from storage.volunteers import ServiceRecord

__all__ = [
    "HOUR_NAMES",
    "BadHours",
    "Given",
    "HourEntry",
    "HourKind",
    "Hours",
    "activity_title",
    "correct",
    "enter",
    "entries_of",
    "find_entry",
    "say_minutes",
    "totals",
    "totals_of",
]


class BadHours(BadField):
    """The time cannot be entered; `field` says where, the message why."""


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
    source = f"hours:{given.source}"
    what = (UNITS[given.kind], given.minutes, source, HOUR_NAMES[given.kind], now)
    entry = ledger.credit(session, given.resident, *what, actor=staff)
    record = session.get(ServiceRecord, entry.id) or _record(session, entry, given)
    return joined(entry, record)


def _record(
    session: Session, entry: LedgerEntry, given: Given, corrects: int | None = None
) -> ServiceRecord:
    record = ServiceRecord(
        entry_id=entry.id,
        community_id=entry.community_id,
        served_on=given.served_on,
        reason=given.reason[:200],
        occasion_id=given.occasion.id if given.occasion else None,
        corrects_id=corrects,
    )
    session.add(record)
    session.flush()
    return record


def correct(
    session: Session, staff: Staff, entry: HourEntry, minutes: int, reason: str, now: datetime
) -> HourEntry:
    """Sets the time of an entry right by a new one of the difference, and tells the volunteer.

    `minutes` is what it should have been. Raises BadHours.
    """
    resident = session.get_one(Resident, entry.resident_id, with_for_update={"key_share": True})
    path = community_path(session, resident.community_id)
    require(staff, Permission.KEEP_ACTIVITIES, path)
    if not reason.strip():
        raise BadHours("reason", "请写明原因，本人会看到")
    if entry.corrects_id is not None:
        raise BadHours("minutes", "更正记录不能再更正，请更正原来的那条")
    fixes = corrections_of(session, entry)
    before = entry.minutes + sum(one.minutes for one in fixes)
    if minutes < 0 or minutes == before:
        raise BadHours("minutes", f"现在是 {before} 分钟，请填更正后的分钟数")
    new = _fix(session, staff, resident, entry, minutes - before, (len(fixes) + 1, reason), now)
    _adjust_points(session, new, before, staff, now)
    posted = session.get_one(LedgerEntry, new.id)
    audit.record(session, now, staff, "hours.correct", posted, reason=new.reason)
    text = (
        f"您{entry.served_on.month}月{entry.served_on.day}日的{HOUR_NAMES[entry.kind]}"
        f"更正为{say_minutes(minutes)}（原来{say_minutes(before)}）。原因：{new.reason}\n"
        "有不同意见，回复“人工”。"
    )
    outbox.post(session, resident, text, source=f"served:{new.id}", now=now)
    return new


def _fix(
    session: Session,
    staff: Staff,
    resident: Resident,
    entry: HourEntry,
    change: int,
    which: tuple[int, str],
    now: datetime,
) -> HourEntry:
    """The entry of a difference in minutes; `which` is its number here, and the reason."""
    number, reason = which
    source = f"fix:{entry.id}:{number}"
    occasion = session.get(Occasion, entry.occasion_id) if entry.occasion_id else None
    given = Given(resident, entry.kind, change, entry.served_on, source, reason.strip(), occasion)
    move = ledger.credit if change > 0 else ledger.withdraw
    what = (UNITS[entry.kind], abs(change), f"hours:{source}", f"更正{HOUR_NAMES[entry.kind]}", now)
    posted = move(session, resident, *what, actor=staff)
    return joined(posted, _record(session, posted, given, entry.id))


def _adjust_points(
    session: Session, new: HourEntry, before: int, staff: Staff, now: datetime
) -> None:
    """Honour hours give no points, so none are taken."""
    occasion = session.get(Occasion, new.occasion_id) if new.occasion_id else None
    if occasion is None or new.kind is not HourKind.CREDIT:
        return
    activity = session.get_one(Activity, occasion.activity_id)
    try:
        volunteer_points.adjust(session, activity, new, before, staff, now)
    except volunteer_points.PointsSpent:
        raise BadHours("minutes", "多发的积分已经用掉，扣不回来；请先在积分里处理") from None
