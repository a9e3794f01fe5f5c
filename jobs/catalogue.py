"""The list of jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.codes import CodeMaker
from bot.deliver import Delivery
from bot.fetch import Fetcher
from jobs.case_jobs import case_jobs
from jobs.city import CityLine
from jobs.desk_reports import list_hot_topics, make_reports
from jobs.hall import hall_jobs
from jobs.runner import Job
from services import attendance_sheet, board, care, handover, points_jobs, retention, signups
from services.calendar import OfficeHours
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Workers:
    """What the jobs work with."""

    database: Database
    delivery: Delivery
    fetcher: Fetcher
    clock: Callable[[], datetime]
    session_life: timedelta
    hours: OfficeHours
    city: CityLine | None = None
    codes: CodeMaker | None = None


def all_jobs(workers: Workers) -> list[Job]:
    """Every job, with the seconds after which it looks for work again."""

    async def tidy() -> int:
        await workers.database.write(
            lambda s: retention.tidy(s, workers.clock(), workers.session_life)
        )
        return 0

    async def end_idle() -> int:
        return await workers.database.write(lambda s: handover.end_idle(s, workers.clock()))

    async def report() -> int:
        return await make_reports(workers.database, workers.hours, workers.clock())

    async def heat() -> int:
        return await list_hot_topics(workers.database, workers.hours, workers.clock())

    async def pickups() -> int:
        return await workers.database.write(lambda s: points_jobs.pickups(s, workers.clock()))

    async def expiry() -> int:
        return await workers.database.write(lambda s: points_jobs.expiry(s, workers.clock()))

    async def move_lines() -> int:
        return await workers.database.write(
            lambda s: (
                signups.lapse_offers(s, workers.hours, workers.clock())
                + signups.move_lines(s, workers.hours, workers.clock())
            )
        )

    async def remind() -> int:
        return await workers.database.write(lambda s: signups.remind(s, workers.clock()))

    async def close_activities() -> int:
        return await workers.database.write(
            lambda s: attendance_sheet.close_past(s, workers.hours, workers.clock())
        )

    async def expire_help() -> int:
        now = workers.clock()
        return await workers.database.write(lambda s: board.expire(s, now) + care.expire(s, now))

    city = [Job("city", 10.0, workers.city.run)] if workers.city else []
    codes = [Job("place-codes", 5.0, workers.codes.run)] if workers.codes else []
    return [
        *city,
        *codes,
        Job("outbox", 1.0, workers.delivery.run),
        Job("outbox-recovery", 15.0, workers.delivery.recover),
        Job("media", 2.0, workers.fetcher.run),
        Job("erase", 60.0, workers.fetcher.erase),
        Job("idle-conversations", 600.0, end_idle),
        Job("points-pickups", 60.0, pickups),
        Job("points-expiry", 900.0, expiry),
        Job("waiting-lists", 30.0, move_lines),
        Job("activity-reminders", 300.0, remind),
        Job("activity-ends", 300.0, close_activities),
        Job("help-expiry", 900.0, expire_help),
        Job("tidy", 3600.0, tidy),
        *case_jobs(workers.database, workers.hours, workers.clock),
        Job("reports", 900.0, report),
        Job("hot-topics", 3600.0, heat),
        *hall_jobs(workers.database, workers.clock),
    ]
