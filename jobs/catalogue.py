"""The list of jobs: the channel's, the reports', and the chores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.codes import CodeMaker
from bot.deliver import Delivery
from bot.fetch import Fetcher
from jobs.chores import House, chores
from jobs.city import CityLine
from jobs.desk_reports import list_hot_topics, make_reports
from jobs.hall import hall_jobs
from jobs.runner import Job
from jobs.training import Trainer
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
    house = House(workers.database, workers.hours, workers.clock, workers.session_life)
    hall = hall_jobs(workers.database, workers.clock)
    return [*_channel(workers), *_reports(workers), *hall, *chores(house)]


def _channel(workers: Workers) -> list[Job]:
    city = [Job("city", 10.0, workers.city.run)] if workers.city else []
    codes = [Job("place-codes", 5.0, workers.codes.run)] if workers.codes else []
    training = [Job("training", 3.0, workers.trainer.run)] if workers.trainer else []
    return [
        *city,
        *codes,
        *training,
        Job("outbox", 1.0, workers.delivery.run, rung=True),
        Job("outbox-recovery", 15.0, workers.delivery.recover),
        Job("media", 2.0, workers.fetcher.run, rung=True),
        Job("erase", 60.0, workers.fetcher.erase),
    ]


def _reports(workers: Workers) -> list[Job]:
    async def report() -> int:
        return await make_reports(workers.database, workers.hours, workers.clock())

    async def heat() -> int:
        return await list_hot_topics(workers.database, workers.hours, workers.clock())

    return [Job("reports", 900.0, report), Job("hot-topics", 3600.0, heat)]
