"""Keeping the terms of a community: each change a new version, in the audit, with its reason.

Running clocks go on by the version that their cases name, unless whoever changes the terms wants
them carried over: then what is left of each deadline that is still ahead is laid out anew on the
new calendar, and each case says so in its timeline. What was missed stays missed, and no promise
once given is made shorter or longer by the minutes of its class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, case_clock, case_queue, desk_terms
from services.access import Permission, require
from services.bad_field import BadField
from services.calendar import OfficeHours, is_workday, say_moment
from services.case_events import record
from services.case_states import PAUSED, RUNNING, Actor, State
from services.desk_terms import OwnDay
from services.places import community_path
from services.sla import CLASS_NAMES, PROMISES, Promise, Terms, say_promise
from storage.cases import Case
from storage.communities import Community
from storage.desk_terms import DeskTerms
from storage.staff import Staff

MOST_DAYS = 60
LONGEST = 100
LEAST_DAY, MOST_MINUTES, MOST_DAYS_TO_RESOLVE = 60, 20 * 540, 120
SLOWEST_URGENT = 240
"""Minutes by the clock within which somebody answers in danger, whatever a community would like."""
_DAY = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})\s*[,，]?\s*(上班|休息)\s*[,，]?\s*(.*)")


class BadTerms(BadField):
    """What was entered cannot be; `field` names the value at fault, the message says why."""


class StaleTerms(Exception):
    """A colleague has changed them meanwhile."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Terms as they shall be, as staff enter them: minutes after midnight, one own day a line.

    `seen` is the version that was changed. With `carry_over` running cases go on by the new ones.
    """

    seen: int
    opens: int
    closes: int
    promises: Mapping[str, Promise]
    days: str
    reason: str
    carry_over: bool = False


def keep(
    session: Session,
    staff: Staff,
    community_id: int,
    wanted: Wanted,
    hours: OfficeHours,
    now: datetime,
) -> DeskTerms:
    """Stores the next version. Raises Forbidden, BadTerms, StaleTerms."""
    require(staff, Permission.KEEP_DESK, community_path(session, community_id))
    session.get_one(Community, community_id, with_for_update=True)  # one version at a time
    before = desk_terms.newest_row(session, community_id)
    if wanted.seen != (before.version if before else 0):
        raise StaleTerms("同事刚刚改过，请看过再改")
    days = read_days(wanted.days)
    check(wanted)
    row = DeskTerms(
        community_id=community_id,
        version=wanted.seen + 1,
        opens=wanted.opens,
        closes=wanted.closes,
        promises=desk_terms.plain_promises(dict(wanted.promises)),
        days=desk_terms.plain_days(days),
        reason=wanted.reason.strip(),
        made_by=staff.id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    moved = carry_over(session, staff, row, hours, now) if wanted.carry_over else 0
    audit.record(
        session,
        now,
        staff,
        "terms.keep",
        row,
        before=facts(before) if before else {},
        after={**facts(row), "carried_over": moved},
        reason=row.reason,
    )
    return row


def versions(session: Session, community_id: int, limit: int = 20) -> list[DeskTerms]:
    """What was in force, the newest first."""
    query = select(DeskTerms).where(DeskTerms.community_id == community_id)
    return list(session.scalars(query.order_by(DeskTerms.version.desc()).limit(limit)))


def facts(row: DeskTerms) -> dict[str, Any]:
    """A version in plain values, for the audit."""
    return {
        "version": row.version,
        "opens": say_clock(row.opens),
        "closes": say_clock(row.closes),
        "promises": row.promises,
        "days": row.days,
    }


def say_clock(minute: int) -> str:
    """Minutes after midnight as one reads them: 08:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_days(text: str) -> list[OwnDay]:
    """Own days as staff write them, one a line: `2026-10-09 休息 停电检修`; by date.

    Raises BadTerms, naming the line, for what is no day, comes twice, or is no exception.
    """
    found: dict[date, OwnDay] = {}
    for number, line in enumerate((line.strip() for line in text.splitlines()), 1):
        if not line:
            continue
        one = _read_day(line, number)
        if one.day in found:
            raise BadTerms("days", f"第 {number} 行：这一天写了两次")
        found[one.day] = one
    if len(found) > MOST_DAYS:
        raise BadTerms("days", f"最多 {MOST_DAYS} 天，过去的可以删掉")
    return [found[day] for day in sorted(found)]


def _read_day(line: str, number: int) -> OwnDay:
    parts = _DAY.fullmatch(line)
    if parts is None:
        raise BadTerms("days", f"第 {number} 行：写成“2026-10-09 休息 停电检修”这样")
    try:
        day = date(*map(int, parts[1].split("-")))
    except ValueError:
        raise BadTerms("days", f"第 {number} 行：没有这一天") from None
    works = parts[2] == "上班"
    if not 2020 <= day.year <= 2099:
        raise BadTerms("days", f"第 {number} 行：年份不对")
    if works == is_workday(day):
        usual = "上班" if works else "休息"
        raise BadTerms("days", f"第 {number} 行：国家日历上这天本来就{usual}，不用写")
    return OwnDay(day, works, parts[3].strip()[:40])


def write_days(days: Sequence[OwnDay]) -> str:
    """Own days as staff write them; `read_days` reads them back."""
    return "\n".join(
        f"{one.day} {'上班' if one.works else '休息'} {one.why}".strip() for one in days
    )


def check(wanted: Wanted) -> None:
    """Raises BadTerms for what cannot be, its own days aside (`read_days`)."""
    if not 0 <= wanted.opens < wanted.closes < 1440:
        raise BadTerms("opens", "下班要晚于上班")
    if wanted.closes - wanted.opens < LEAST_DAY:
        raise BadTerms("opens", f"一天至少办公 {LEAST_DAY} 分钟")
    if not 2 <= len(wanted.reason.strip()) <= LONGEST:
        raise BadTerms("reason", f"原因写 2 到 {LONGEST} 个字，以后查得到")
    for name in PROMISES:
        _check_promise(name, wanted.promises[name], wanted.closes - wanted.opens)


def _check_promise(name: str, promise: Promise, day: int) -> None:
    called = CLASS_NAMES[name]
    if not 5 <= promise.response_minutes <= MOST_MINUTES:
        raise BadTerms(f"{name}-response", f"{called}：响应写 5 到 {MOST_MINUTES} 分钟")
    if not 30 <= promise.update_minutes <= MOST_MINUTES:
        raise BadTerms(f"{name}-update", f"{called}：告知写 30 到 {MOST_MINUTES} 分钟")
    if not 1 <= promise.resolve_days <= MOST_DAYS_TO_RESOLVE:
        raise BadTerms(f"{name}-resolve", f"{called}：办结写 1 到 {MOST_DAYS_TO_RESOLVE} 天")
    if promise.urgent and promise.response_minutes > SLOWEST_URGENT:
        raise BadTerms(f"{name}-response", f"{called}：最慢 {SLOWEST_URGENT} 分钟要有人响应")
    if promise.response_minutes > promise.resolve_days * (1440 if promise.urgent else day):
        raise BadTerms(f"{name}-response", f"{called}：响应不能比办结还晚")


def carry_over(
    session: Session, staff: Staff, row: DeskTerms, hours: OfficeHours, now: datetime
) -> int:
    """Lays what is left of running clocks out on the calendar of `row`; how many cases it was."""
    after = desk_terms.read(row, hours)
    states = [state.value for state in (*RUNNING, *PAUSED)]
    running = session.scalars(
        select(Case)
        .where(Case.community_id == row.community_id, Case.state.in_(states))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    for case in running:
        before = desk_terms.of_case(session, case, hours)
        _lay_out_anew(session, staff, case, (before, after), row.reason, now)
    return len(running)


def _lay_out_anew(
    session: Session,
    staff: Staff,
    case: Case,
    terms: tuple[Terms, Terms],
    reason: str,
    now: datetime,
) -> None:
    before, after = terms
    if not after.promises[case.sla].urgent:
        start = case.paused_at or now
        case.resolve_due = _moved(case.resolve_due, start, before.hours, after.hours)
        if case.responded_at is None:
            case.response_due = _moved(case.response_due, now, before.hours, after.hours)
        if case.update_due is not None:
            case.update_due = _moved(case.update_due, now, before.hours, after.hours)
    case.terms_version = after.version
    event = record(session, case, now, "terms", Actor.STAFF, staff.id)
    event.reason = f"时限与日历第 {after.version} 版：{reason}"
    event.text = f"办结期限 {say_moment(case.resolve_due, now)}"
    case_clock.set_alarm(case, after)
    if State(case.state) is not State.WAITING:
        case_queue.put_off(session, case, now)


def _moved(due: datetime, start: datetime, before: OfficeHours, after: OfficeHours) -> datetime:
    """The deadline with as much working time left from `start` as it had; itself once missed."""
    return after.add(start, before.between(start, due)) if due > start else due


def in_words(row: DeskTerms) -> list[str]:
    """What a version says, in lines."""
    promises = desk_terms.promises_of(row).items()
    return [
        f"办公 {say_clock(row.opens)}–{say_clock(row.closes)}",
        *(f"{CLASS_NAMES[name]}：{say_promise(promise)}" for name, promise in promises),
        *write_days(desk_terms.own_days(row)).splitlines(),
    ]
