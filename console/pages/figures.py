"""The figures: how much is open, late and new; each number opens the list it counts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.orm import Session

from console import charts
from console.figure_links import address_of
from console.rendering import render
from console.report_view import Card, cards_of
from console.visits import Visit, visit_of
from services import case_search, desk
from services.access import visible_cases
from services.calendar import CHINA
from services.case_figures import THREE, WITH_EXCLUDED, history
from services.case_measures import Measure
from services.case_search import CaseFilter
from services.case_states import OPEN, STATE_NAMES
from services.periods import PeriodKind, containing

DAYS = 30


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the strip, its name, and the list behind it."""

    name: str
    value: int
    href: str
    alarming: bool = False


async def show(request: web.Request) -> web.Response:
    """The strip of figures and two charts."""
    visit = visit_of(request)
    context = await visit.read(lambda session: _load(session, visit))
    return render(request, "figures.html", context)


def _load(session: Session, visit: Visit) -> dict[str, object]:
    staff, now = visit.staff, visit.now
    today = now.astimezone(CHINA).date()
    by_state = case_search.by_state(session, staff)
    by_day = case_search.by_day(session, staff, today, DAYS)
    return {
        "figures": _strip(session, visit),
        "states": charts.rows(
            [
                (STATE_NAMES[state], by_state.get(state, 0), _cases(state=state))
                for state in OPEN
                if by_state.get(state)
            ]
        ),
        "days": charts.columns(
            [
                (f"{day.month}月{day.day}日", number, _cases(day=day.isoformat()))
                for day, number in by_day
            ]
        ),
        "rates": _rates(session, visit),
        "month": containing(PeriodKind.MONTH, today),
        "span": DAYS,
        "total": sum(number for _, number in by_day),
    }


def _rates(session: Session, visit: Visit) -> tuple[Card, ...]:
    """三率 of this month beside the last, each figure with its list."""
    month = containing(PeriodKind.MONTH, visit.now.astimezone(CHINA).date())
    both, scope = (month.before(), month), visible_cases(visit.staff)
    before, now = history(session, scope, both, visit.now, WITH_EXCLUDED)

    def link(measure: Measure, _by: str, _key: str) -> str:
        wanted = CaseFilter(measure=measure.value, first=month.first, last=month.last)
        return address_of(wanted)

    return cards_of(THREE, now[1], before[1], link)


def _strip(session: Session, visit: Visit) -> list[Figure]:
    staff, now = visit.staff, visit.now
    waiting = desk.counts(session, staff, now)
    late = waiting.pop("overdue")

    def count(**wanted: object) -> int:
        return case_search.count(session, staff, CaseFilter(**wanted), now)  # type: ignore[arg-type]

    today = now.astimezone(CHINA).date()
    return [
        Figure("待办", sum(waiting.values()), "/console/"),
        Figure("超期待办", late, "/console/?overdue=1", alarming=late > 0),
        Figure("在办事项", count(state="open"), _cases(state="open")),
        Figure("超期事项", overdue := count(overdue=True), _cases(overdue="1"), overdue > 0),
        Figure("我负责的", count(state="open", mine=True), _cases(state="open", mine="1")),
        Figure("今天新增", count(day=today), _cases(day=today.isoformat())),
    ]


def _cases(**query: str) -> str:
    return f"/console/cases?{urlencode(query)}"
