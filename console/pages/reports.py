"""Reports: what is kept, the figures of any period as they stand, the files to hand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.downloads import XLSX, attachment
from console.figure_links import address_in_report, address_of
from console.forms import day_or_none, read_form
from console.paging import offset, paging
from console.rendering import render
from console.report_book import to_xlsx
from console.report_file import to_html
from console.report_view import ReportView, view_of_report
from console.visits import Visit, one_in_path, or_404, visit_of
from services import audit, finding, place_names, report_drawing, reports
from services import staff as people
from services.calendar import CHINA
from services.case_measures import Measure
from services.case_search import CaseFilter
from services.figure_lists import filter_of
from services.grids import Grids
from services.periods import TITLES, Period, PeriodKind, containing
from services.places import in_scope
from storage.communities import Place
from storage.reports import Report


def _as_html(view: ReportView) -> bytes:
    return to_html(view).encode()


FILES: dict[str, tuple[str, Callable[[ReportView], bytes]]] = {
    "html": ("text/html", _as_html),
    "xlsx": (XLSX, to_xlsx),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of the list."""

    report: Report
    period: Period
    title: str
    place: str
    author: str


async def show(request: web.Request) -> web.Response:
    """The reports in scope, and the way to look at any period."""
    visit = visit_of(request)
    return render(
        request,
        "reports.html",
        await visit.read(lambda session: _load_list(session, visit, request)),
    )


def _load_list(session: Session, visit: Visit, request: web.Request) -> dict[str, object]:
    found, total = reports.stored(session, visit.staff, offset=offset(request))
    places = place_names.names_of(session, {report.place_path for report in found})
    names = people.names(session, [report.made_by for report in found if report.made_by])
    rows = [
        ReportRow(
            report,
            reports.period_of(report),
            TITLES[PeriodKind(report.period)],
            places[report.place_path],
            names.get(report.made_by or 0, ""),
        )
        for report in found
    ]
    return {
        "rows": rows,
        "paging": paging(request, total),
        "kinds": [(kind.value, TITLES[kind]) for kind in PeriodKind],
        "scopes": place_names.scopes_in(session, visit.staff),
        "today": visit.now.astimezone(CHINA).date(),
    }


async def live(request: web.Request) -> web.Response:
    """The figures of a period as they stand, over everything that the reader may see."""
    visit = visit_of(request)

    def work(session: Session) -> dict[str, object]:
        place, period = _asked(session, visit, request.query)
        name = visit.catalogue.name
        data = report_drawing.look(session, visit.staff, place, period, name, visit.now)
        base = CaseFilter(first=period.first, last=period.last, place=place.path)
        grids = Grids.of(session)

        def link(measure: Measure, by: str, key: str) -> str:
            return address_of(filter_of(grids, base, measure, by, key))

        return {"shown": view_of_report(data, link), "place": place, "report": None}

    return render(request, "report.html", await visit.read(work))


async def make(request: web.Request) -> web.Response:
    """Draws up a report and keeps it."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        place, period = _asked(session, visit, form)
        name = visit.catalogue.name
        return reports.make(session, visit.staff, place, period, name, visit.now).id

    return see(f"/console/reports/{await visit.write(work)}", "reported")


def _asked(session: Session, visit: Visit, query: Mapping[str, str]) -> tuple[Place, Period]:
    """The place and period that are asked for: one's own scope and this month unless told."""
    place = or_404(in_scope(session, visit.staff, query.get("scope", "")))
    kind = query.get("period", "")
    day = day_or_none(query.get("end")) or visit.now.astimezone(CHINA).date()
    if not date(2000, 1, 1) < day < date(2999, 1, 1):
        raise web.HTTPBadRequest(text="日期不对")
    return place, containing(PeriodKind(kind) if kind in set(PeriodKind) else PeriodKind.MONTH, day)


async def show_one(request: web.Request) -> web.Response:
    """A kept report."""
    visit = visit_of(request)

    def work(session: Session) -> dict[str, object]:
        report = one_in_path(session, request, reports.find)
        item = finding.item_of(session, visit.staff, reports.item_of(report))
        waiting = item is not None and item.state == "open"
        return {"shown": _view(report), "report": report, "waiting": waiting}

    return render(request, "report.html", await visit.read(work))


async def download(request: web.Request) -> web.Response:
    """A kept report as a file, which is an entry of the audit."""
    visit = visit_of(request)
    content_type, draw = FILES[kind := request.match_info["kind"]]

    def work(session: Session) -> tuple[str, bytes]:
        report = one_in_path(session, request, reports.find)
        return f"report-{reports.period_of(report).code}-{report.id}.{kind}", draw(_view(report))

    name, body = await visit.read(work)

    def note(session: Session) -> None:
        report = one_in_path(session, request, reports.find)
        audit.record(session, visit.now, visit.staff, "report.export", report, after={"as": kind})

    await visit.write(note)
    return attachment(body, content_type, name)


async def read(request: web.Request) -> web.Response:
    """Takes a new report out of the queue."""
    visit = visit_of(request)

    def work(session: Session) -> int:
        report = one_in_path(session, request, reports.find)
        reports.note_read(session, visit.staff, report, visit.now)
        return report.id

    return see(f"/console/reports/{await visit.write(work)}", "read")


def _view(report: Report) -> ReportView:
    def link(measure: Measure, by: str, key: str) -> str:
        return address_in_report(report.id, measure, by, key)

    return view_of_report(reports.data_of(report), link)
