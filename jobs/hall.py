"""The hall's jobs: what opens and closes at its minute, and the opinion maps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from jobs.runner import Job
from services import hall_clock, opinion_maps
from storage.engine import Database
from storage.hall import Topic

log = structlog.get_logger(__name__)


class HallClock:
    """Opens and closes ballots and questionnaires; one that fails holds up no other."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    async def run(self) -> int:
        """Does all that is due; each in a transaction of its own."""
        now = self._clock()
        for one in await self._database.read(lambda s: hall_clock.due(s, now)):
            try:
                await self._database.write(lambda s, one=one: hall_clock.do(s, one, now))  # type: ignore[misc]
            except Exception as error:
                log.exception("hall job failed", kind=one.kind, error=type(error).__name__)
        return 0

    async def maps(self) -> int:
        """Computes the opinion maps whose answers have changed, outside of a transaction."""
        for topic_id in await self._database.read(opinion_maps.stale):
            await self._map(topic_id)
        return 0

    async def _map(self, topic_id: int) -> None:
        votes, history = await self._database.read(lambda s: opinion_maps.wanted(s, topic_id))
        found = await self._database.read(lambda _: opinion_maps.compute(votes, history))
        await self._database.write(
            lambda s: opinion_maps.keep(s, s.get_one(Topic, topic_id), found, self._clock())
        )


def hall_jobs(database: Database, clock: Callable[[], datetime]) -> list[Job]:
    """The hall's jobs, with the seconds after which each looks for work again."""
    hall = HallClock(database, clock)
    return [Job("hall", 5.0, hall.run), Job("opinion-maps", 60.0, hall.maps)]
