"""Chores: jobs that are one transaction each, by area. What the clock does without anybody writing.

A chore returns how much it did; one that did something is asked again at once, so a chore that
does everything in one go returns 0.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from jobs.runner import Job
from services import (
    attendance_sheet,
    board_keeping,
    care,
    escalation,
    handover,
    points_jobs,
    policy_expiry,
    retention,
    return_visit,
    signup_line,
    signups,
)
from services.calendar import OfficeHours
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Moment:
    """When a chore runs, with the office hours of the deployment and the life of a sign-in."""

    now: datetime
    hours: OfficeHours
    session_life: timedelta


Work: TypeAlias = Callable[[Session, Moment], int]


@dataclass(frozen=True, slots=True)
class Chore:
    """A piece of work with its name and the seconds after which it looks for work again."""

    name: str
    every: float
    work: Work


def _tidy(session: Session, at: Moment) -> int:
    retention.tidy(session, at.now, at.session_life)
    return 0


CHORES: tuple[Chore, ...] = (
    Chore("idle-conversations", 600.0, lambda s, at: handover.end_idle(s, at.now)),
    Chore("tidy", 3600.0, _tidy),
    Chore("escalation", 30.0, lambda s, at: escalation.run(s, at.hours, at.now)),
    Chore("return-visits", 300.0, lambda s, at: return_visit.ask_due(s, at.hours, at.now)),
    Chore("unanswered-visits", 600.0, lambda s, at: return_visit.archive_unanswered(s, at.now)),
    Chore("policies-expiring", 3600.0, lambda s, at: policy_expiry.remind(s, at.hours, at.now)),
    Chore("points-pickups", 60.0, lambda s, at: points_jobs.pickups(s, at.now)),
    Chore("points-expiry", 900.0, lambda s, at: points_jobs.expiry(s, at.now)),
    Chore("sign-up-offers", 30.0, lambda s, at: signup_line.lapse_offers(s, at.hours, at.now)),
    Chore("waiting-lists", 30.0, lambda s, at: signup_line.move_lines(s, at.hours, at.now)),
    Chore("activity-reminders", 300.0, lambda s, at: signups.remind(s, at.now)),
    Chore("activity-ends", 300.0, lambda s, at: attendance_sheet.close_past(s, at.hours, at.now)),
    Chore("post-expiry", 900.0, lambda s, at: board_keeping.expire(s, at.now)),
    Chore("care-expiry", 900.0, lambda s, at: care.expire(s, at.now)),
)


@dataclass(frozen=True, slots=True)
class House:
    """Where chores are done."""

    database: Database
    hours: OfficeHours
    clock: Callable[[], datetime]
    session_life: timedelta


def chores(house: House) -> list[Job]:
    """Every chore as a job of this process."""
    return [Job(chore.name, chore.every, _bound(chore.work, house)) for chore in CHORES]


def _bound(work: Work, house: House) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        def once(session: Session) -> int:
            return work(session, Moment(house.clock(), house.hours, house.session_life))

        return await house.database.write(once)

    return run
