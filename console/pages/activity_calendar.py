"""The month of activities as a grid of weeks, for staff: every occasion in scope, drafts too."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta

from aiohttp import web

from console.pages.public_activities import month_of
from console.rendering import render
from console.visits import visit_of
from services import activity_search
from services.activities import STATE_NAMES
from services.activity_search import Found
from services.calendar import CHINA

_WEEKS = Calendar(firstweekday=0)
"""Weeks begin on Monday."""


async def show(request: web.Request) -> web.Response:
    """The month `?month=2026-03`; this one without."""
    visit = visit_of(request)
    today = visit.now.astimezone(CHINA).date()
    first = month_of(request.query.get("month", ""), today)
    following = (first + timedelta(days=32)).replace(day=1)
    weeks = _WEEKS.monthdatescalendar(first.year, first.month)
    found = await visit.read(
        lambda session: activity_search.in_scope_between(
            session, visit.staff, weeks[0][0], weeks[-1][-1]
        )
    )
    by_day: dict[date, list[Found]] = {}
    for one in found:
        by_day.setdefault(one.occasion.starts_at.astimezone(CHINA).date(), []).append(one)
    context = {
        "first": first,
        "previous": (first - timedelta(days=1)).replace(day=1),
        "following": following,
        "weeks": weeks,
        "by_day": by_day,
        "today": today,
        "states": STATE_NAMES,
        "clock": lambda moment: f"{moment.astimezone(CHINA):%H:%M}",
    }
    return render(request, "activity_calendar.html", context)
