"""One occasion: the sign-in sheet, the rotating code, confirming, what staff must settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import (
    activities,
    activity_ratings,
    attendance,
    attendance_sheet,
    signup_line,
)
from services.activity_ratings import AGAIN, VERDICTS, Ratings
from services.attendance_sheet import RESULT_NAMES, Line, Settlement
from services.calendar import CHINA
from services.volunteer_hours import BadHours, say_minutes
from storage.activities import Activity, Occasion, SignUp

ADDRESS = "/console/occasions"
Held: TypeAlias = tuple[Activity, Occasion]
"""An occasion with its activity."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What the attendance page shows."""

    activity: Activity
    occasion: Occasion
    lines: list[Line]
    waiting: int
    ratings: Ratings


async def show(request: web.Request) -> web.Response:
    """The sign-in sheet."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> _Page:
        activity, occasion = one_in_path(session, request, activities.find_occasion)
        return _Page(
            activity,
            occasion,
            attendance_sheet.sheet(session, occasion),
            signup_line.waiting_count(session, occasion),
            activity_ratings.of_occasion(session, occasion),
        )

    page = await visit.read(work)
    context = {
        "page": page,
        "entered": entered,
        "base": f"{ADDRESS}/{page.occasion.id}",
        "when": activities.when(page.occasion, visit.now),
        "in_window": attendance.in_window(page.occasion, visit.now),
        "over": visit.now >= page.occasion.ends_at,
        "say_minutes": say_minutes,
        "clock": lambda moment: f"{moment.astimezone(CHINA):%H:%M}" if moment else "",
        "results": RESULT_NAMES,
        "verdicts": VERDICTS,
        "again": AGAIN,
        "longest": int((page.occasion.ends_at - page.occasion.starts_at).total_seconds() // 60),
    }
    return render(request, "occasion.html", context, status=status)


DEEDS = Deeds(ADDRESS, activities.find_occasion, _page)


async def code(request: web.Request) -> web.Response:
    """The code of this minute, large; the browser asks again when it changes, without script."""
    visit = visit_of(request)
    activity, occasion = await visit.read(
        lambda session: one_in_path(session, request, activities.find_occasion)
    )
    shown = attendance.in_window(occasion, visit.now) and occasion.state == "open"
    change = attendance.next_change(visit.now)
    response = render(
        request,
        "occasion_code.html",
        {
            "activity": activity,
            "occasion": occasion,
            "base": f"{ADDRESS}/{occasion.id}",
            "when": activities.when(occasion, visit.now),
            "shown": shown,
            "code": attendance.code_at(occasion, visit.now) if shown else "",
            "seconds": int((change - visit.now).total_seconds()),
        },
    )
    if shown:
        response.headers["Refresh"] = str(int((change - visit.now).total_seconds()) + 1)
    return response


async def confirm(request: web.Request) -> web.Response:
    """Credits everybody who checked in and out."""

    def act(session: Session, visit: Visit, held: Held, _form: Form) -> None:
        _, occasion = held
        attendance_sheet.confirm(session, visit.staff, occasion, visit.now)

    return await DEEDS.do(request, "confirm", act, "confirmed")


async def settle(request: web.Request) -> web.Response:
    """Settles one line without check-out."""

    def act(session: Session, visit: Visit, held: Held, form: Form) -> None:
        _, occasion = held
        row = session.get(SignUp, number_or_none(form.get("line")) or 0)
        if row is None or row.occasion_id != occasion.id:
            raise BadHours("reason", "请在签到表里选一个人")
        minutes = number_or_none(form.get("minutes", "") or "0")
        if minutes is None:
            raise BadHours("minutes", "请填分钟数，没有服务填 0")
        wanted = Settlement(minutes, form.get("reason", ""))
        hours = visit.deps.hours
        attendance_sheet.settle(session, visit.staff, occasion, row, wanted, hours, visit.now)

    name = f"settle-{(await read_form(request)).get('line', '')}"
    return await DEEDS.do(request, name, act, "settled-line")


async def set_capacity(request: web.Request) -> web.Response:
    """Gives more places, or fewer."""

    def act(session: Session, visit: Visit, held: Held, form: Form) -> None:
        _, occasion = held
        wanted = number_or_none(form.get("capacity")) or 0
        hours = visit.deps.hours
        signup_line.set_capacity(session, visit.staff, occasion, wanted, hours, visit.now)

    return await DEEDS.do(request, "capacity", act)


async def cancel(request: web.Request) -> web.Response:
    """Calls this occasion off; everybody who signed up is told."""

    def act(session: Session, visit: Visit, held: Held, form: Form) -> None:
        _, occasion = held
        reason = form.get("reason", "")
        activities.cancel_occasion(session, visit.staff, occasion, reason, visit.now)

    return await DEEDS.do(request, "cancel", act, "called-off")
