"""The time bank as staff keep it: who waits for somebody, who gives, where the two disagree."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.done import see
from console.errors import refused
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import care as bank
from services import care_givers, care_settling
from services.access import Permission, may
from services.residents import display_name
from storage.care import CareRequest
from storage.residents import Resident

ADDRESS = "/console/care"


async def show(request: web.Request) -> web.Response:
    """The live requests or the past ones, and the givers."""
    visit, live = visit_of(request), request.query.get("past") != "1"

    def work(session: Session) -> dict[str, Any]:
        rows = bank.listed(session, visit.staff, live=live)
        givers = care_givers.givers(session, visit.staff)
        people = {row.elder_id for row in rows} | {row.giver_id for row in rows}
        ids = people | {giver.resident_id for giver in givers}
        return {"rows": rows, "givers": givers, "names": _names(session, ids)}

    context = await visit.read(work)
    return render(request, "care_list.html", context | _words() | {"live": live})


def _names(session: Session, ids: set[Any]) -> dict[int, str]:
    return {number: display_name(session.get_one(Resident, number)) for number in ids if number}


def _words() -> dict[str, Any]:
    return {
        "kinds": bank.KIND_NAMES,
        "states": bank.STATE_NAMES,
        "giver_states": care_givers.GIVER_STATES,
        "payers": care_settling.PAYERS,
        "minutes": bank.say_minutes,
    }


async def show_one(request: web.Request) -> web.Response:
    """One request."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        one = one_in_path(session, request, bank.find)
        active = [g for g in care_givers.givers(session, visit.staff) if g.state == "active"]
        sides = {one.elder_id, one.requester_id}
        free = [giver for giver in active if giver.resident_id not in sides]
        ids = sides | {one.giver_id} | {giver.resident_id for giver in free}
        return {"one": one, "givers": free, "names": _names(session, ids)}

    context = await visit.read(work)
    more = {
        "entered": entered,
        "base": f"{ADDRESS}/{number_in_path(request)}",
        "private": may(visit.staff, Permission.SEE_PRIVATE),
    }
    return render(request, "care.html", context | _words() | more, status=status)


DEEDS = Deeds(ADDRESS, bank.find, _one, (bank.BadCare,), "words")


async def match(request: web.Request) -> web.Response:
    """Brings a giver to the request."""

    def act(session: Session, visit: Visit, one: CareRequest, form: Form) -> None:
        number = number_or_none(form.get("giver")) or 0
        giver = care_givers.find_giver(session, visit.staff, number)
        if giver is None:
            raise bank.BadCare("请选来帮忙的人")
        bank.match(session, one, giver, visit.staff, visit.now)

    return await DEEDS.do(request, "match", act, "matched")


async def settle(request: web.Request) -> web.Response:
    """Says how many minutes count."""

    def act(session: Session, visit: Visit, one: CareRequest, form: Form) -> None:
        minutes = number_or_none(form.get("minutes")) or 0
        care_settling.settle(session, visit.staff, one, minutes, form.get("reason", ""), visit.now)

    return await DEEDS.do(request, "settle", act, "minutes")


async def cancel(request: web.Request) -> web.Response:
    """Ends the request."""

    def act(session: Session, visit: Visit, one: CareRequest, _form: Form) -> None:
        bank.cancel(session, one, visit.staff, visit.now)

    return await DEEDS.do(request, "cancel", act, "cancelled")


async def decide_giver(request: web.Request) -> web.Response:
    """Accepts somebody who wants to give, or does not."""
    visit, form = visit_of(request), await read_form(request)
    accept = {"1": True, "0": False}.get(form.get("accept", ""))

    def work(session: Session) -> None:
        giver = one_in_path(session, request, care_givers.find_giver)
        if accept is None:
            raise bank.BadCare("请选同意或不同意")
        care_givers.decide_giver(session, visit.staff, giver, accept=accept, now=visit.now)

    try:
        await visit.write(work)
    except bank.BadCare as error:
        return refused(request, str(error), ADDRESS)
    visit.deps.notify_outbox()
    return see(ADDRESS, "saved")
