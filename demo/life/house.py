"""What the clock does in the demo's month: the ladder, return visits, reports, hot topics.

The same services as in the jobs of a worker, at a few hours of each day instead of each minute, so
that the month is still played in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from demo.life.scene import Scene
from services import desk, escalation, hot_topics, reports, return_visit
from services.calendar import CHINA, OfficeHours
from services.report_drawing import category_names, draw_up
from storage.desk import QueueItem
from storage.reports import Report

LADDER = (time(7, 45), time(9, 40), time(12, 20), time(15, 20), time(18, 20), time(20, 20))
DESK = time(9, 25)
READER, CLERK = "qian", "wang"


def chores(
    scene: Scene, hours: OfficeHours, begin: datetime, now: datetime
) -> list[tuple[datetime, Iterator[int]]]:
    """Every chore with its moment, from the day of `begin` until `now`."""
    found: list[tuple[datetime, Iterator[int]]] = []
    day = begin.astimezone(CHINA).date()
    while day <= now.astimezone(CHINA).date():
        found += [(_at(day, each), _climb(scene, hours)) for each in LADDER]
        found.append((_at(day, DESK), _desk(scene, hours)))
        day += timedelta(days=1)
    return [(moment, act) for moment, act in found if begin < moment < now]


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, CHINA).astimezone(UTC)


def _climb(scene: Scene, hours: OfficeHours) -> Iterator[int]:
    while escalation.run(scene.session, hours, scene.now):
        scene.session.flush()
    yield from ()


def _desk(scene: Scene, hours: OfficeHours) -> Iterator[int]:
    """What a working morning begins with."""
    session, now = scene.session, scene.now
    return_visit.ask_due(session, hours, now)
    return_visit.archive_unanswered(session, now)
    _answer_requests(scene)
    _read(scene)
    for place, period in reports.due(session, hours, now):
        data = draw_up(session, place, period, category_names(session, place), now)
        reports.publish(session, data, hours, now)
    for community in hot_topics.due(session, hours, now):
        found = hot_topics.find(session, community, now)
        hot_topics.store(session, community, found, now)
    yield from ()


def _answer_requests(scene: Scene) -> None:
    """Small requests of days past were settled by telephone; those of today still wait."""
    old = scene.now - timedelta(hours=20)
    query = select(QueueItem.source).where(QueueItem.state == "open", QueueItem.kind == "request")
    for source in scene.session.scalars(query.where(QueueItem.created_at < old)).all():
        desk.finish(scene.session, source, scene.now, scene.staff[CLERK])


def _read(scene: Scene) -> None:
    """The supervisor has read what was made before, but for the last one, which still waits."""
    waiting = select(QueueItem.source).where(QueueItem.state == "open")
    for report in list(scene.session.scalars(select(Report).order_by(Report.id)))[:-1]:
        if reports.item_of(report) in scene.session.scalars(waiting).all():
            reports.note_read(scene.session, scene.staff[READER], report, scene.now)
