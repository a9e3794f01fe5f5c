"""The wish list as partners and staff see it: take a wish up, say what came of it."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.forms import Entered, number_or_none
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import organisations, wishes
from services.access import Permission, may
from storage.board import Wish

ADDRESS = "/console/wishes"


async def show(request: web.Request) -> web.Response:
    """The wishes with their support."""
    visit = visit_of(request)
    rows = await visit.read(lambda s: wishes.listed(s, visit.staff))
    return render(request, "wishes.html", {"rows": rows, "states": wishes.STATE_NAMES})


async def show_one(request: web.Request) -> web.Response:
    """One wish."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        wish = one_in_path(session, request, wishes.for_staff)
        own = organisations.own(session, visit.staff)
        keeper = may(visit.staff, Permission.KEEP_HELP)
        mine = own is not None and own.id == wish.organisation_id
        return {
            "row": wishes.row_of(session, wish),
            "own": own,
            "partners": organisations.listed(session, visit.staff, active_only=True),
            "may_take": wish.state == "open" and (keeper or own is not None),
            "may_finish": wish.state == "taken" and (keeper or mine),
            "base": f"{ADDRESS}/{wish.id}",
        }

    context = await visit.read(work)
    more = {"states": wishes.STATE_NAMES, "entered": entered}
    return render(request, "wish.html", context | more, status=status)


DEEDS = Deeds(ADDRESS, wishes.for_staff, _one, (wishes.BadWish,), "words")


async def take(request: web.Request) -> web.Response:
    """A partner takes the wish up."""

    def act(session: Session, visit: Visit, wish: Wish, form: Form) -> None:
        number = number_or_none(form.get("organisation")) or 0
        partner = organisations.find(session, visit.staff, number)
        wishes.take_up(session, visit.staff, wish, partner, form.get("plan", ""), visit.now)

    return await DEEDS.do(request, "taken", act, "taken")


async def finish(request: web.Request) -> web.Response:
    """Says what came of it."""

    def act(session: Session, visit: Visit, wish: Wish, form: Form) -> None:
        wishes.complete(session, visit.staff, wish, form.get("result", ""), visit.now)

    return await DEEDS.do(request, "told", act, "told")
