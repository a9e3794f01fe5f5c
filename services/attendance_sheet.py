"""The sign-in sheet (签到表) of an occasion: who came, what is confirmed, what staff must settle.

Credit comes only from a check-in and a check-out that staff confirmed. Where the check-out is
missing a person looks: what they enter is honour time, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services import audit, backfills, desk, outbox
from services.access import Permission, require
from services.activities import lock
from services.attendance import LATE, minutes_served
from services.calendar import CHINA, OfficeHours
from services.residents import display_name
from services.volunteer_hours import BadHours, Given, HourKind, enter, say_minutes
from services.volunteer_points import reward
from storage.activities import Activity, ActivityRating, Occasion, SignUp
from storage.residents import Resident
from storage.staff import Staff

TIME_TO_SETTLE = 540
"""Working minutes after an occasion in which its sheet should be settled: one working day."""
RESULT_NAMES = {"credit": "已记信用时长", "honour": "已转补录", "absent": "没有来", "none": "不计"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet; `minutes` is what the check-in and check-out amount to."""

    row: SignUp
    name: str
    minutes: int

    @property
    def state(self) -> str:
        """`settled`, `complete` (in and out), `no_out`, or `not_in`."""
        if self.row.result:
            return "settled"
        if self.row.checked_in_at is None:
            return "not_in"
        return "complete" if self.row.checked_out_at else "no_out"


def sheet(session: Session, occasion: Occasion) -> list[Line]:
    """Everybody with a place, in the order of their sign-up."""
    query = (
        select(SignUp, Resident)
        .join(Resident, Resident.id == SignUp.resident_id)
        .where(SignUp.occasion_id == occasion.id, SignUp.state == "confirmed")
        .order_by(SignUp.number)
    )
    return [
        Line(row, display_name(resident), minutes_served(row, occasion))
        for row, resident in session.execute(query)
    ]


def confirm(session: Session, staff: Staff, occasion: Occasion, now: datetime) -> int:
    """Credits everybody who checked in and out and was not credited yet; returns how many.

    Who never checked in is noted as absent once the occasion is over. Raises BadHours before its
    end.
    """
    activity = session.get_one(Activity, occasion.activity_id)
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    occasion = lock(session, occasion.id)
    if now < occasion.ends_at:
        raise BadHours("confirm", "活动还没有结束，结束后再确认")
    credited = 0
    for line in sheet(session, occasion):
        if line.state == "complete" and line.minutes > 0:
            _credit(session, staff, activity, occasion, line, now)
            credited += 1
        elif line.state == "complete":
            line.row.result = "none"
        elif line.state == "not_in":
            line.row.result = "absent"
    audit.record(session, now, staff, "attendance.confirm", occasion, after={"people": credited})
    _finish_if_settled(session, staff, occasion, now)
    return credited


def _credit(
    session: Session,
    staff: Staff,
    activity: Activity,
    occasion: Occasion,
    line: Line,
    now: datetime,
) -> None:
    line.row.result = "credit"
    resident = session.get_one(Resident, line.row.resident_id)
    given = Given(
        resident=resident,
        kind=HourKind.CREDIT,
        minutes=line.minutes,
        served_on=occasion.starts_at.astimezone(CHINA).date(),
        source=f"sign-up:{line.row.id}:hours",
        reason=activity.title,
        occasion=occasion,
    )
    entry = enter(session, given, staff, now)
    points = reward(session, resident, activity, entry, staff, now)
    more = f"，积分加{points}分" if points else ""
    text = f"〔{activity.title}〕的信用时长{say_minutes(entry.minutes)}已记入{more}。谢谢您！"
    outbox.post(session, resident, text, source=f"served:{entry.id}", now=now)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What staff found out about a missing check-out; no minutes for nothing to be entered."""

    minutes: int
    reason: str


def settle(
    session: Session,
    staff: Staff,
    occasion: Occasion,
    row: SignUp,
    wanted: Settlement,
    hours: OfficeHours,
    now: datetime,
) -> None:
    """Settles a line without check-out: honour time by way of a back-fill, or nothing.

    Raises BadHours.
    """
    activity = session.get_one(Activity, occasion.activity_id)
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    occasion = lock(session, occasion.id)
    session.refresh(row)
    if row.result or row.checked_out_at is not None:
        raise BadHours("minutes", "这一行刚刚已有同事处理")
    if not wanted.reason.strip():
        raise BadHours("reason", "请写明是怎么核实的")
    longest = int((occasion.ends_at - occasion.starts_at).total_seconds() // 60)
    if not 0 <= wanted.minutes <= longest:
        raise BadHours("minutes", f"0 到 {longest} 分钟")
    if wanted.minutes:
        resident = session.get_one(Resident, row.resident_id)
        served_on = occasion.starts_at.astimezone(CHINA).date()
        reason = f"{activity.title}：{wanted.reason.strip()}"
        proposal = backfills.Proposal(resident, wanted.minutes, served_on, reason, occasion)
        backfills.propose(session, staff, proposal, hours, now)
    row.result = "honour" if wanted.minutes else "none"
    audit.record(session, now, staff, "attendance.settle", row, reason=wanted.reason.strip())
    _finish_if_settled(session, staff, occasion, now)


def _finish_if_settled(session: Session, staff: Staff, occasion: Occasion, now: datetime) -> None:
    session.flush()
    if all(line.state == "settled" for line in sheet(session, occasion)):
        occasion.settled_at = now
        desk.finish(session, source_of(occasion), now, staff)


def source_of(occasion: Occasion) -> str:
    """The name under which a sheet waits in the queue."""
    return f"attendance:{occasion.id}"


def close_past(session: Session, hours: OfficeHours, now: datetime, limit: int = 50) -> int:
    """Puts the sheets of occasions that are over into the queue, and asks who came how it was.

    Returns how many occasions were closed.
    """
    over = (
        select(Occasion, Activity)
        .join(Activity, Activity.id == Occasion.activity_id)
        .where(
            Occasion.state == "open",
            Occasion.closed_at.is_(None),
            Occasion.ends_at < now - LATE,
            Activity.state != "draft",
        )
        .order_by(Occasion.ends_at, Occasion.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Occasion)
    )
    found = session.execute(over).all()
    for occasion, activity in found:
        occasion.closed_at = now
        _close(session, activity, occasion, hours, now)
    return len(found)


def _close(
    session: Session, activity: Activity, occasion: Occasion, hours: OfficeHours, now: datetime
) -> None:
    lines = sheet(session, occasion)
    if all(line.state == "settled" for line in lines):
        occasion.settled_at = occasion.settled_at or now
    else:
        _enqueue(session, activity, occasion, lines, hours, now)
    for line in lines:
        rated = exists().where(
            ActivityRating.occasion_id == occasion.id,
            ActivityRating.resident_id == line.row.resident_id,
        )
        if line.row.checked_in_at is not None and not session.scalar(select(rated)):
            resident = session.get_one(Resident, line.row.resident_id)
            text = f"今天的〔{activity.title}〕辛苦了！回复“评价活动”，点两下说说怎么样。"
            source = f"sign-up:{line.row.id}:rate"
            outbox.post(session, resident, text, source=source, now=now)


def _enqueue(
    session: Session,
    activity: Activity,
    occasion: Occasion,
    lines: list[Line],
    hours: OfficeHours,
    now: datetime,
) -> None:
    came = sum(line.row.checked_in_at is not None for line in lines)
    open_ended = sum(line.state == "no_out" for line in lines)
    missing = f"，{open_ended}人没签退要核实" if open_ended else ""
    subject = desk.Subject(
        community_id=activity.community_id,
        place_path=activity.place_path,
        link=f"/console/occasions/{occasion.id}",
        needs=Permission.KEEP_ACTIVITIES,
    )
    title = f"签到表待确认：{activity.title}，{came}人签到{missing}"
    due = hours.add(occasion.ends_at, TIME_TO_SETTLE)
    source = source_of(occasion)
    desk.put(session, desk.ItemKind.ATTENDANCE, source, title, subject, due=due, now=now)
