"""The list of jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.deliver import Delivery
from bot.fetch import Fetcher
from jobs.hall import HallClock
from jobs.runner import Job
from services import handover, inbound, retention
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Workers:
    """What the jobs work with."""

    database: Database
    delivery: Delivery
    fetcher: Fetcher
    clock: Callable[[], datetime]
    session_life: timedelta


def all_jobs(workers: Workers) -> list[Job]:
    """Every job, with the seconds after which it looks for work again."""

    async def tidy() -> int:
        await workers.database.write(
            lambda s: retention.tidy(s, workers.clock(), workers.session_life)
        )
        return 0

    async def end_idle() -> int:
        return await workers.database.write(lambda s: handover.end_idle(s, workers.clock()))

    async def unseal() -> int:
        return await workers.database.write(lambda s: inbound.erase_sealed(s, workers.clock()))

    hall = HallClock(workers.database, workers.clock)
    return [
        Job("outbox", 1.0, workers.delivery.run),
        Job("outbox-recovery", 15.0, workers.delivery.recover),
        Job("media", 2.0, workers.fetcher.run),
        Job("erase", 60.0, workers.fetcher.erase),
        Job("idle-conversations", 600.0, end_idle),
        Job("tidy", 3600.0, tidy),
        Job("sealed-replies", 20.0, unseal),
        Job("hall", 5.0, hall.run),
        Job("hall-tidy", 600.0, hall.tidy),
        Job("opinion-maps", 60.0, hall.maps),
    ]
