"""Time entered by hand that a second person decides."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.rendering import render
from console.visits import number_in_path, one_in_path, visit_of
from services import backfills
from services import staff as people
from services.backfills import STATE_NAMES, StaleBackfill
from services.residents import display_name
from services.volunteer_hours import BadHours, say_minutes
from storage.residents import Resident
from storage.volunteers import Backfill

ADDRESS = "/console/backfills"


async def show(request: web.Request) -> web.Response:
    """What was proposed, by whom and why."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> tuple[Backfill, Resident, dict[int, str]]:
        row = one_in_path(session, request, backfills.find)
        names = people.names(session, [row.proposed_by, row.decided_by or row.proposed_by])
        return row, session.get_one(Resident, row.resident_id), names

    row, resident, names = await visit.read(work)
    context = {
        "row": row,
        "name": display_name(resident),
        "names": names,
        "states": STATE_NAMES,
        "entered": entered,
        "base": f"{ADDRESS}/{row.id}",
        "say_minutes": say_minutes,
    }
    return render(request, "backfill.html", context, status=status)


async def grant(request: web.Request) -> web.Response:
    """Enters the time."""
    return await _decide(request, grant=True)


async def reject(request: web.Request) -> web.Response:
    """Gives it back, with a reason."""
    return await _decide(request, grant=False)


async def _decide(request: web.Request, *, grant: bool) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    version = int(form["version"]) if form.get("version", "").isdecimal() else 0

    def work(session: Session) -> None:
        row = one_in_path(session, request, backfills.find)
        note = form.get("note", "")
        backfills.decide(session, visit.staff, row, version, grant=grant, note=note, now=visit.now)

    try:
        await visit.write(work)
    except BadHours as error:
        return await _page(request, Entered("decide", form, {"note": str(error)}), 422)
    except StaleBackfill as error:
        return await _page(request, Entered("decide", form, {"note": str(error)}), 409)
    visit.deps.notify_outbox()
    return see(f"{ADDRESS}/{number_in_path(request)}", "decided")
