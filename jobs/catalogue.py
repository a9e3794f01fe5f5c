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
from jobs.runner import Job
from jobs.training import Trainer
from services import handover, retention
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
    trainer: Trainer | None = None


def all_jobs(workers: Workers) -> list[Job]:
    """Every job, with the seconds after which it looks for work again."""

    async def tidy() -> int:
        await workers.database.write(
            lambda s: retention.tidy(s, workers.clock(), workers.session_life)
        )
        return 0

    async def end_idle() -> int:
        return await workers.database.write(lambda s: handover.end_idle(s, workers.clock()))

    city = [Job("city", 10.0, workers.city.run)] if workers.city else []
    codes = [Job("place-codes", 5.0, workers.codes.run)] if workers.codes else []
    training = [Job("training", 3.0, workers.trainer.run)] if workers.trainer else []
    return [
        *city,
        *codes,
        *training,
        Job("outbox", 1.0, workers.delivery.run),
        Job("outbox-recovery", 15.0, workers.delivery.recover),
        Job("media", 2.0, workers.fetcher.run),
        Job("erase", 60.0, workers.fetcher.erase),
        Job("idle-conversations", 600.0, end_idle),
        Job("tidy", 3600.0, tidy),
        *case_jobs(workers.database, workers.hours, workers.clock),
    ]
