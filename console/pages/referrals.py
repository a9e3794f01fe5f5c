"""What was referred to one's organisation: the agreed words, and the answer to them."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.rendering import render
from console.visits import number_in_path, one_in_path, visit_of
from services import organisations, referrals
from services.aid import BadAid

ADDRESS = "/console/referrals"


async def show(request: web.Request) -> web.Response:
    """The referrals to one's own organisation."""
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        own = organisations.own(session, visit.staff)
        return {"rows": referrals.handed_to(session, visit.staff), "own": own}

    context = await visit.read(work)
    return render(request, "referrals.html", context | {"states": referrals.STATE_NAMES})


async def show_one(request: web.Request) -> web.Response:
    """One of them."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        row = one_in_path(session, request, referrals.find)
        own = organisations.own(session, visit.staff)
        return {"row": row, "mine": own is not None and own.id == row.referral.organisation_id}

    context = await visit.read(work)
    more = {
        "states": referrals.STATE_NAMES,
        "entered": entered,
        "base": f"{ADDRESS}/{number_in_path(request)}",
    }
    return render(request, "referral.html", context | more, status=status)


async def answer(request: web.Request) -> web.Response:
    """Accepts, declines, or tells what was done."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        referral = one_in_path(session, request, referrals.find).referral
        state, words = form.get("state", ""), form.get("words", "")
        referrals.answer(session, visit.staff, referral, state, words, visit.now)

    try:
        await visit.write(work)
    except BadAid as error:
        return await _one(request, Entered("answer", form, {"words": str(error)}), 422)
    visit.deps.notify_outbox()
    return see(f"{ADDRESS}/{number_in_path(request)}", "referral-answered")
