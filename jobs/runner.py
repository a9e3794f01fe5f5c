"""Runs jobs side by side until stopped; a job that fails is logged and tried again.

Every job claims its work in the database, so any number of runners may work at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

FAILURE_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every `every` seconds; one that is `rung` also at once when a turn may have
    left work for it.

    `run` returns how much it did; after work it is asked again at once, for there may be more.
    """

    name: str
    every: float
    run: Callable[[], Awaitable[int]]
    rung: bool = False
    bell: asyncio.Event = field(default_factory=asyncio.Event)


class Runner:
    """Keeps jobs going; `async with` starts and stops them."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = tuple(jobs)
        self._tasks: list[asyncio.Task[None]] = []

    def ring(self) -> None:
        """Wakes the jobs that wait for what turns leave behind."""
        for job in self.jobs:
            if job.rung:
                job.bell.set()

    async def __aenter__(self) -> Runner:
        self._tasks = [asyncio.create_task(_keep_running(job), name=job.name) for job in self.jobs]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _keep_running(job: Job) -> None:
    while True:
        job.bell.clear()
        try:
            done = await job.run()
        except Exception as error:
            log.exception("job failed", job=job.name, error=type(error).__name__)
            await asyncio.sleep(FAILURE_PAUSE)
            continue
        if done == 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(job.bell.wait(), job.every)
