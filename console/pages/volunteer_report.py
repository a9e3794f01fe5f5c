"""志愿和积分月报: six months of volunteers, hours and points, on a page and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from sqlalchemy.orm import Session

from console.rendering import render
from console.visits import visit_of
from console.workbook import add_sheet, as_response, new_book
from services import audit, volunteer_report
from services.volunteer_hours import say_minutes
from services.volunteer_report import MonthReport

ADDRESS = "/console/volunteers/report"
COLUMNS: tuple[tuple[str, Callable[[MonthReport], int], bool], ...] = (
    ("志愿者", lambda one: one.volunteers, False),
    ("新登记", lambda one: one.joined, False),
    ("活动场次", lambda one: one.occasions, False),
    ("参加人次", lambda one: one.came, False),
    ("信用时长", lambda one: one.service, True),
    ("荣誉时长", lambda one: one.honour, True),
    ("时间银行存量", lambda one: one.saved, True),
    ("积分发放", lambda one: one.issued, False),
    ("积分兑换", lambda one: one.redeemed, False),
    ("积分到期", lambda one: one.expired, False),
    ("积分扣减", lambda one: one.withdrawn, False),
    ("居民持有积分", lambda one: one.outstanding, False),
)
"""Name, value, and whether it is minutes."""


async def show(request: web.Request) -> web.Response:
    """The months, the newest first; to be printed."""
    visit = visit_of(request)
    found = await visit.read(lambda s: volunteer_report.months(s, visit.staff, visit.now))
    months = [(one, [_said(of(one), minutes) for _, of, minutes in COLUMNS]) for one in found]
    context = {
        "months": months[::-1],
        "names": [name for name, _, _ in COLUMNS],
        "address": ADDRESS,
    }
    return render(request, "volunteer_report.html", context)


def _said(value: int, minutes: bool) -> str:
    return say_minutes(value) if minutes else str(value)


async def export(request: web.Request) -> web.Response:
    """The same as a spreadsheet, hours in minutes; audited."""
    visit = visit_of(request)

    def work(session: Session) -> list[MonthReport]:
        audit.record(session, visit.now, visit.staff, "volunteers.report")
        return volunteer_report.months(session, visit.staff, visit.now)

    found = await visit.write(work)
    book = new_book()
    header = ["月份", *(f"{name}（分钟）" if minutes else name for name, _, minutes in COLUMNS)]
    rows = ([one.month, *(of(one) for _, of, _ in COLUMNS)] for one in found)
    add_sheet(book, "志愿和积分月报", header, rows)
    return as_response(book, f"volunteers-report-{visit.now:%Y%m%d}.xlsx")
