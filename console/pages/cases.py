"""The list of cases: by state, category, lateness, words or number."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.forms import day_or_none
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.visits import Visit, visit_of
from services import case_search, cases, place_names
from services import staff as people
from services.case_states import State
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
    rows, total = await visit.read(lambda session: _load(session, visit, wanted, offset(request)))
    context = {
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
    return case_search.CaseFilter(
        state=state if state in {"open", "ended", *State} else "",
        category=query.get("category", "")[:32],
        words=query.get("words", "").strip()[:80],
        overdue=query.get("overdue") == "1",
        mine=query.get("mine") == "1",
        day=day_or_none(query.get("day")),
    )


def _load(
    session: Session, visit: Visit, wanted: case_search.CaseFilter, skip: int
) -> tuple[list[CaseRow], int]:
    found, total = case_search.search(
        session, visit.staff, wanted, visit.now, offset=skip, limit=SIZE
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
