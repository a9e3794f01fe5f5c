"""The jobs of the issue desk: the ladder, and the return visits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jobs.runner import Job
from services import escalation, return_visit
from services.calendar import OfficeHours
from storage.engine import Database


def case_jobs(database: Database, hours: OfficeHours, clock: Callable[[], datetime]) -> list[Job]:
    """What happens to cases without anybody writing."""

    async def climb() -> int:
        return await database.write(lambda s: escalation.run(s, hours, clock()))

    async def visit() -> int:
        return await database.write(lambda s: return_visit.ask_due(s, hours, clock()))

    async def archive() -> int:
        return await database.write(lambda s: return_visit.archive_unanswered(s, clock()))

    return [
        Job("escalation", 30.0, climb),
        Job("return-visits", 300.0, visit),
        Job("unanswered-visits", 600.0, archive),
    ]
