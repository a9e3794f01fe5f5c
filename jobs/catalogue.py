"""The list of jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.codes import CodeMaker
from bot.deliver import Delivery
from bot.fetch import Fetcher
from jobs.city import CityLine
from jobs.runner import Job
from services import handover, policy_expiry, retention
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
    hours: OfficeHours = field(default_factory=OfficeHours)
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

    async def expiring() -> int:
        return await workers.database.write(
            lambda s: policy_expiry.remind(s, workers.hours, workers.clock())
        )

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
        Job("tidy", 3600.0, tidy),
        Job("policies-expiring", 3600.0, expiring),
    ]
