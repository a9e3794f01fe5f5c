"""What was referred to one's organisation: the agreed words, and the answer to them."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.forms import Entered
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import organisations, referrals
from services.aid import BadAid
from services.referrals import Handed

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


DEEDS = Deeds(ADDRESS, referrals.find, _one, (BadAid,), "words")


async def answer(request: web.Request) -> web.Response:
    """Accepts, declines, or tells what was done."""

    def act(session: Session, visit: Visit, handed: Handed, form: Form) -> None:
        state, words = form.get("state", ""), form.get("words", "")
        referrals.answer(session, visit.staff, handed.referral, state, words, visit.now)

    return await DEEDS.do(request, "answer", act, "referral-answered")
