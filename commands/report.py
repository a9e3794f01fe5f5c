"""`report`: the scheduled report of a period as HTML and XLSX."""

from __future__ import annotations

import argparse
import re
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from commands import Subcommands
from commands.support import fail, open_database, settings_of, utc_now
from console.figure_links import address_of
from console.report_book import to_xlsx
from console.report_file import to_html
from console.report_view import Link, no_link, view_of_report
from services.calendar import CHINA
from services.case_measures import Measure
from services.case_search import CaseFilter
from services.figure_lists import filter_of
from services.grids import Grids
from services.periods import Period, PeriodKind, containing, last_ended
from services.report_data import ReportData
from services.report_drawing import category_names, draw_up
from services.reports import places_to_report
from storage import migrate
from storage.communities import Place

_UNSAFE = re.compile(r"[^\w-]+")


def register(commands: Subcommands) -> None:
    """Adds `report`."""
    parser = commands.add_parser(
        "report", help="the report of a half month, month or quarter as HTML and XLSX"
    )
    parser.add_argument("--period", required=True, choices=[kind.value for kind in PeriodKind])
    parser.add_argument(
        "--end",
        type=date.fromisoformat,
        metavar="DATE",
        help="a day (2026-03-31): the period that it lies in; default: the period that ended last",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="made where missing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Writes both files for every community, and for a street with several; prints their names."""
    settings, now = settings_of(args), utc_now()
    period = _period(PeriodKind(args.period), args.end, now)
    with open_database(settings) as database:
        if not migrate.is_current(database):
            return fail("database: migrations are missing: run `python main.py migrate`")
        drawn = database.read_now(lambda session: _draw(session, period, now))
        grids = database.read_now(Grids.of)
    if not drawn:
        return fail("there is no community yet: run `python main.py import-places FILE`")
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for place, data in drawn:
            _write(args.out, place, data, _link(settings.server.public_url, data, grids))
    except OSError as error:
        return fail(f"report: {error}")
    return 0


def _period(kind: PeriodKind, end: date | None, now: datetime) -> Period:
    return containing(kind, end) if end else last_ended(kind, now.astimezone(CHINA).date())


def _draw(session: Session, period: Period, now: datetime) -> list[tuple[Place, ReportData]]:
    return [
        (place, draw_up(session, place, period, category_names(session, place), now))
        for place in places_to_report(session)
    ]


def _link(public_url: str, data: ReportData, grids: Grids) -> Link:
    """Figures open the lists of the console where its address is known."""
    if not public_url:
        return no_link
    period = data.period
    base = CaseFilter(first=period.first, last=period.last, place=data.place, public=True)

    def link(measure: Measure, by: str, key: str) -> str:
        return public_url.rstrip("/") + address_of(filter_of(grids, base, measure, by, key))

    return link


def _write(folder: Path, place: Place, data: ReportData, link: Link) -> None:
    view = view_of_report(data, link)
    name = f"report-{_UNSAFE.sub('-', place.code)}-{data.period.code}"
    for suffix, content in ((".html", to_html(view).encode()), (".xlsx", to_xlsx(view))):
        path = folder / f"{name}{suffix}"
        path.write_bytes(content)
        print(path)
