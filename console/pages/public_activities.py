"""Public: the calendar of activities, and whether a certificate is genuine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from aiohttp import web
from sqlalchemy.orm import Session

from console.public import community_of, render_public
from console.visits import deps_of
from services import activities, activity_search, certificates
from services.activity_kinds import KINDS
from services.activity_search import Found
from services.calendar import CHINA
from services.volunteer_hours import say_minutes
from storage.communities import Community
from storage.volunteers import Certificate

MONTHS_AHEAD, MONTHS_BACK = 6, 12


async def calendar(request: web.Request) -> web.Response:
    """What takes place in a month: `?month=2026-03`; this one without."""
    now = deps_of(request).clock()
    today = now.astimezone(CHINA).date()
    first = month_of(request.query.get("month", ""), today)
    following = (first + timedelta(days=32)).replace(day=1)

    def work(session: Session) -> tuple[Community, list[Found]]:
        community = community_of(request, session)
        last = following - timedelta(days=1)
        return community, activity_search.published_between(session, community, first, last)

    community, found = await deps_of(request).database.read(work)
    by_day: dict[date, list[Found]] = {}
    for one in found:
        by_day.setdefault(one.occasion.starts_at.astimezone(CHINA).date(), []).append(one)
    context: Mapping[str, object] = {
        "first": first,
        "following": following,
        "previous": (first - timedelta(days=1)).replace(day=1),
        "by_day": by_day,
        "today": today,
        "kinds": KINDS,
        "when": lambda occasion: activities.when(occasion, now),
    }
    return render_public(request, "public/activities.html", community, context)


def month_of(asked: str, today: date) -> date:
    """The first day of the month asked for, near enough to today; else of this month."""
    this = today.replace(day=1)
    try:
        wanted = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return this
    near = -31 * MONTHS_BACK <= (wanted - this).days <= 31 * MONTHS_AHEAD
    return wanted if near else this


async def certificate(request: web.Request) -> web.Response:
    """The certificate of the code in the address, to be printed."""
    return await _certificate(request, request.match_info["code"])


async def check(request: web.Request) -> web.Response:
    """The form for a code, and the certificate that was typed."""
    return await _certificate(request, request.query.get("code", ""))


async def _certificate(request: web.Request, typed: str) -> web.Response:

    def work(session: Session) -> tuple[Community, Certificate | None]:
        community = community_of(request, session)
        return community, certificates.find(session, community, typed[:40]) if typed else None

    community, found = await deps_of(request).database.read(work)
    context = {
        "typed": typed[:40],
        "found": found,
        "grouped": certificates.grouped,
        "say_minutes": say_minutes,
    }
    return render_public(request, "public/certificate.html", community, context)
