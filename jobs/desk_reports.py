"""The reports that are due at the end of a period, and the weekly lists of hot topics.

What is slow is worked out on a snapshot; only keeping it is a writing transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import hot_topics, reports
from services.calendar import OfficeHours
from services.periods import Period
from services.report_data import ReportData
from services.report_drawing import category_names, draw_up
from storage.communities import Place
from storage.engine import Database


async def make_reports(database: Database, hours: OfficeHours, now: datetime) -> int:
    """Makes the reports that are due; returns how many were kept."""
    due = await database.read(lambda session: reports.due(session, hours, now))
    made = [await _make(database, place, period, hours, now) for place, period in due]
    return sum(made)


async def _make(
    database: Database, place: Place, period: Period, hours: OfficeHours, now: datetime
) -> bool:
    def draw(session: Session) -> ReportData:
        return draw_up(session, place, period, category_names(session, place), now)

    data = await database.read(draw)

    def keep(session: Session) -> bool:
        return reports.publish(session, data, hours, now) is not None

    return await database.write(keep)


async def list_hot_topics(database: Database, hours: OfficeHours, now: datetime) -> int:
    """Makes this week's list where it is missing; returns 0, for one pass does them all."""
    for community_id in await database.read(lambda session: hot_topics.due(session, hours, now)):
        await refresh_hot_topics(database, community_id, now)
    return 0


async def refresh_hot_topics(database: Database, community_id: int, now: datetime) -> None:
    """Makes this week's list of one community."""
    found = await database.read(lambda session: hot_topics.find(session, community_id, now))

    def keep(session: Session) -> None:
        hot_topics.store(session, community_id, found, now)

    await database.write(keep)
