"""Confidential tip-offs: for reviewers and administrators alone."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused, stale
from console.forms import read_form
from console.pages.second_look import seen_in
from console.rendering import render
from console.visits import number_in_path, one_in_path, visit_of
from services import tip_offs
from services.tip_offs import NEXT, BadTipOff, StaleTipOff

ADDRESS = "/console/tips"


async def show(request: web.Request) -> web.Response:
    """All in scope, open ones first, and the cases of this kind; no words of theirs."""
    visit = visit_of(request)

    def work(session: Session) -> dict[str, object]:
        staff = visit.staff
        return {"tips": tip_offs.kept(session, staff), "cases": tip_offs.cases(session, staff)}

    return render(request, "tips.html", await visit.read(work))


async def show_one(request: web.Request) -> web.Response:
    """One, with what it says."""
    return await _page(request, None)


async def _page(request: web.Request, contact: str | None) -> web.Response:
    visit = visit_of(request)
    tip = await visit.read(lambda session: one_in_path(session, request, tip_offs.find))
    context = {
        "tip": tip,
        "contact": contact,
        "next": [(state, tip_offs.STATE_NAMES[state]) for state in NEXT[tip.state]],
        "base": f"{ADDRESS}/{tip.id}",
    }
    response = render(request, "tip.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


async def go_on(request: web.Request) -> web.Response:
    """Moves it on; the author is told without the matter."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)
    back = f"{ADDRESS}/{number}"

    def work(session: Session) -> None:
        tip = one_in_path(session, request, tip_offs.find)
        state, result = form.get("state", ""), form.get("result", "")
        tip_offs.go_on(session, visit.staff, tip, seen_in(form), state, result, visit.now)

    try:
        await visit.write(work)
    except StaleTipOff as error:
        return stale(request, str(error), back)
    except BadTipOff as error:
        return refused(request, str(error), back)
    visit.deps.notify_outbox()
    return see(back, "moved-on")


async def contact(request: web.Request) -> web.Response:
    """How the author may be reached, with a reason that is recorded."""
    visit, form = visit_of(request), await read_form(request)
    number, reason = number_in_path(request), form.get("reason", "")
    try:
        found = await visit.write(
            lambda session: tip_offs.show_contact(
                session,
                visit.staff,
                one_in_path(session, request, tip_offs.find),
                reason,
                visit.now,
            )
        )
    except BadTipOff as error:
        return refused(request, str(error), f"{ADDRESS}/{number}")
    return await _page(request, found or "没有留电话")
