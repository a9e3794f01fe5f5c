"""Points for volunteer hours: what an activity gives an hour, for confirmed credit time only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import ledger
from services.ledger import Insufficient, Unit
from services.volunteer_entries import HourEntry
from storage.activities import Activity
from storage.residents import Resident
from storage.staff import Staff


def points_for(minutes: int, per_hour: int) -> int:
    """Whole points for minutes at a rate by the hour, rounded down."""
    return minutes * per_hour // 60


def reward(
    session: Session,
    resident: Resident,
    activity: Activity,
    entry: HourEntry,
    staff: Staff | None,
    now: datetime,
) -> int:
    """Credits the points of an entry of hours, once; returns how many."""
    amount = points_for(entry.minutes, activity.points_per_hour)
    if amount < 1:
        return 0
    reason = f"志愿活动：{activity.title}"
    ledger.credit(session, resident, Unit.POINTS, amount, entry.source, reason, now, actor=staff)
    return amount


class PointsSpent(Exception):
    """The points of hours that were too many are spent already; nothing was taken."""


def adjust(
    session: Session,
    activity: Activity,
    correction: HourEntry,
    before: int,
    staff: Staff,
    now: datetime,
) -> None:
    """Sets the points right after a correction of credit hours; `before` is the minutes until then.

    Raises PointsSpent.
    """
    rate = activity.points_per_hour
    after = before + correction.minutes
    amount = points_for(after, rate) - points_for(before, rate)
    resident = session.get_one(Resident, correction.resident_id)
    reason = f"更正志愿时长：{activity.title}"
    move = ledger.credit if amount > 0 else ledger.withdraw
    if amount == 0:
        return
    try:
        move(
            session, resident, Unit.POINTS, abs(amount), correction.source, reason, now, actor=staff
        )
    except Insufficient as error:
        raise PointsSpent from error
