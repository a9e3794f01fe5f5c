"""The list of cases: by state, category, lateness, words or number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web
from sqlalchemy.orm import Session

from console.figure_links import KEYS, OF_REPORT, figure_wanted, part_wanted
from console.forms import day_or_none, number_or_none
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.visits import Visit, or_404, visit_of
from services import case_search, cases, place_names, reports
from services import staff as people
from services.case_measures import NAMES, Measure
from services.case_states import State
from services.figure_lists import filter_of_report
from storage.cases import Case


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list."""

    case: Case
    place: str
    responsible: str


async def show(request: web.Request) -> web.Response:
    """The list, filtered as asked."""
    visit, wanted = visit_of(request), _wanted(request)
    rows, total = await visit.read(lambda session: _load(session, visit, wanted, request))
    context = {
        "figure": _figure_words(wanted, request),
        "kept": {k: v for k, v in request.query.items() if k in (*KEYS, *OF_REPORT)},
        "rows": rows,
        "wanted": wanted,
        "states": list(State),
        "groups": visit.catalogue.grouped(),
        "paging": paging(request, total),
        "next_due": cases.next_due,
    }
    return render(request, "cases.html", context)


def _wanted(request: web.Request) -> case_search.CaseFilter:
    query = request.query
    state = query.get("state", "")
    return replace(
        figure_wanted(query),
        state=state if state in {"open", "ended", *State} else "",
        category=query.get("category", "")[:32],
        words=query.get("words", "").strip()[:80],
        overdue=query.get("overdue") == "1",
        mine=query.get("mine") == "1",
        day=day_or_none(query.get("day")),
    )


def _figure_words(wanted: case_search.CaseFilter, request: web.Request) -> str:
    """What figure the list stands behind; empty where it is none."""
    if not wanted.measure:
        return ""
    days = f"{wanted.first} 至 {wanted.last} " if wanted.first and wanted.last else ""
    where = "报表里的" if "report" in request.query else days
    return f"{where}“{NAMES[Measure(wanted.measure)]}”"


def _counted(
    session: Session, visit: Visit, wanted: case_search.CaseFilter, request: web.Request
) -> case_search.CaseFilter:
    """The filter of exactly what a kept report counted, where one is named."""
    number = number_or_none(request.query.get("report"))
    if number is None or not wanted.measure:
        return wanted
    report = or_404(reports.find(session, visit.staff, number))
    by, key = part_wanted(request.query)
    listed = filter_of_report(reports.data_of(report), Measure(wanted.measure), by, key)
    return replace(wanted, measure="", ids=listed.ids)


def _load(
    session: Session, visit: Visit, wanted: case_search.CaseFilter, request: web.Request
) -> tuple[list[CaseRow], int]:
    counted = _counted(session, visit, wanted, request)
    found, total = case_search.search(
        session, visit.staff, counted, visit.now, offset=offset(request), limit=SIZE
    )
    places = place_names.names_of(session, {case.place_path for case in found})
    names = people.names(session, [c.responsible_id for c in found if c.responsible_id])
    rows = [
        CaseRow(
            case,
            case.place_text or places[case.place_path],
            names.get(case.responsible_id or 0, ""),
        )
        for case in found
    ]
    return rows, total
