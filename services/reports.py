"""Reports: kept, announced, and read by those whose scope they are about.

半月一分析、每月一汇总、季度一通报 (from the practice reports beside the project).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, desk
from services.access import Permission, require, visible_to
from services.calendar import CHINA, OfficeHours
from services.case_figures import THREE, Rate, Tally, share
from services.case_measures import Measure
from services.periods import TITLES, Period, PeriodKind, last_ended
from services.report_data import ReportData, from_json, to_json
from services.report_drawing import LAST_CHARACTER, draw_up, within
from storage.cases import Case
from storage.communities import Place
from storage.reports import Report
from storage.staff import Staff

TIME_TO_READ = 540
"""Working minutes in which a new report should have been read: one working day."""


def keep(
    session: Session, data: ReportData, source: str, by: Staff | None, now: datetime
) -> Report:
    """Stores a report under its `source`."""
    place = session.scalars(select(Place).where(Place.path == data.place)).one()
    report = Report(
        source=source,
        community_id=place.community_id,
        place_path=place.path,
        period=data.period.kind.value,
        first_day=data.period.first,
        last_day=data.period.last,
        data=to_json(data),
        made_at=now,
        made_by=by.id if by else None,
    )
    session.add(report)
    session.flush()
    return report


def make(
    session: Session,
    staff: Staff,
    place: Place,
    period: Period,
    category_name: Callable[[str], str],
    now: datetime,
) -> Report:
    """Draws up and keeps a report because `staff` want it; raises Forbidden."""
    require(staff, Permission.REPORT, place.path)
    data = draw_up(session, place, period, category_name, now)
    source = f"hand:{staff.id}:{now.timestamp()}:{place.path}"
    report = keep(session, data, source, staff, now)
    audit.record(session, now, staff, "report.make", report, after={"period": period.name})
    return report


def find(session: Session, staff: Staff, report_id: int) -> Report | None:
    """A report about a place in the scope of `staff`."""
    return session.scalar(
        select(Report).where(Report.id == report_id, visible_to(staff, Report.place_path))
    )


def stored(
    session: Session, staff: Staff, *, offset: int = 0, limit: int = 30
) -> tuple[list[Report], int]:
    """A page of the reports in the scope of `staff`, the newest period first; and how many."""
    query = select(Report).where(visible_to(staff, Report.place_path))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Report.last_day.desc(), Report.made_at.desc(), Report.id.desc())
    return list(session.scalars(page.offset(offset).limit(limit))), total


def data_of(report: Report) -> ReportData:
    """What a stored report holds."""
    return from_json(report.data)


def period_of(report: Report) -> Period:
    """The period of a stored report."""
    return Period(PeriodKind(report.period), report.first_day, report.last_day)


def places_to_report(session: Session) -> list[Place]:
    """The places that get reports by the clock: every community, and a street with several."""
    query = select(Place).where(Place.kind.in_(["street", "community"])).order_by(Place.path)
    places = list(session.scalars(query))
    communities = [place for place in places if place.kind == "community"]
    return [
        place
        for place in places
        if place.kind == "community"
        or sum(one.path.startswith(place.path) for one in communities) > 1
    ]


def due(session: Session, hours: OfficeHours, now: datetime) -> list[tuple[Place, Period]]:
    """The reports by the clock that are missing, while the office is open.

    Of each kind the period that ended last; none for a place where nothing had been raised by then.
    """
    if not hours.is_open(now):
        return []
    today = now.astimezone(CHINA).date()
    wanted = [
        (place, last_ended(kind, today))
        for place in places_to_report(session)
        for kind in PeriodKind
    ]
    sources = [source_of(place.path, period) for place, period in wanted]
    made = set(session.scalars(select(Report.source).where(Report.source.in_(sources))))
    return [
        (place, period)
        for place, period in wanted
        if source_of(place.path, period) not in made and _anything(session, place, period)
    ]


def _anything(session: Session, place: Place, period: Period) -> bool:
    query = select(Case.id).where(within(place.path), Case.created_at < period.end).limit(1)
    return session.scalar(query) is not None


def source_of(path: str, period: Period) -> str:
    """The name under which the clock keeps a report."""
    return f"clock:{period.kind}:{period.first}:{path}"


def publish(session: Session, data: ReportData, hours: OfficeHours, now: datetime) -> Report | None:
    """Keeps a report that was due and puts it in the queue; None where another worker was first."""
    source = source_of(data.place, data.period)
    if session.scalar(select(Report.id).where(Report.source == source)) is not None:
        return None
    report = keep(session, data, source, None, now)
    community = report.community_id or _first_community(session, report.place_path)
    subject = desk.Subject(
        community_id=community,
        place_path=report.place_path,
        link=f"/console/reports/{report.id}",
        needs=Permission.REPORT,
    )
    due_at = hours.add(now, TIME_TO_READ)
    title = f"{title_of(data)}：{summary_of(data)}"
    desk.put(session, desk.ItemKind.REPORT, item_of(report), title, subject, due=due_at, now=now)
    return report


def _first_community(session: Session, path: str) -> int:
    """A queue item belongs to a community; that of a street to the first one below it."""
    return (
        session.scalars(
            select(Place.community_id)
            .where(Place.kind == "community", Place.path.between(path, path + LAST_CHARACTER))
            .order_by(Place.path)
        ).first()
        or 0
    )


def item_of(report: Report) -> str:
    """The name under which a report waits in the queue."""
    return f"report:{report.id}"


def note_read(session: Session, staff: Staff, report: Report, now: datetime) -> None:
    """Takes a report out of the queue because somebody has read it; raises Forbidden."""
    require(staff, Permission.REPORT, report.place_path)
    desk.finish(session, item_of(report), now, staff)
    audit.record(session, now, staff, "report.read", report)


def title_of(data: ReportData) -> str:
    """云河街道 2026年2月 月度汇总."""
    return f"{data.place_name} {data.period.name} {TITLES[data.period.kind]}"


def summary_of(data: ReportData) -> str:
    """One line: new cases and 三率."""
    tally = data.history[-1][1]
    rates = "、".join(f"{rate.name} {percent(tally, rate)}" for rate in THREE)
    return f"新增 {tally[Measure.RAISED]} 件，{rates}"


def percent(tally: Tally, rate: Rate) -> str:
    """A rate as one reads it: 92.3%; a dash where there is nothing to divide by."""
    found = share(tally, rate)
    return "—" if found is None else f"{found:.1%}"
