"""Partners: the list, and one of them with its services, its people and how it is found."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import organisations, scope
from services import staff as people
from services.organisations import BadOrganisation, Facts, Judgement
from storage.organisations import Organisation

ADDRESS = "/console/organisations"


async def show(request: web.Request) -> web.Response:
    """All of them."""
    return await _list(request, Entered(), 200)


async def _list(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        rows = organisations.listed(session, visit.staff)
        return {
            "rows": rows,
            "judged": organisations.judged(session, [row.id for row in rows]),
            "communities": scope.kept(session, visit.staff),
        }

    context = await visit.read(work)
    more = {"kinds": organisations.KINDS, "entered": entered}
    return render(request, "organisations.html", context | more, status=status)


async def add(request: web.Request) -> web.Response:
    """Adds a partner."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        community = scope.chosen(session, visit.staff, number_or_none(form.get("community")))
        if community is None:
            raise BadOrganisation("community", "请选社区")
        return organisations.add(session, visit.staff, community, _facts(form), visit.now).id

    try:
        number = await visit.write(work)
    except BadOrganisation as error:
        return await _list(request, Entered("add", form, {error.field: str(error)}), 422)
    return see(f"{ADDRESS}/{number}", "added")


def _facts(form: dict[str, str]) -> Facts:
    return Facts(*(form.get(name, "") for name in ("name", "kind", "phone", "about")))


async def show_one(request: web.Request) -> web.Response:
    """One partner."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        row = one_in_path(session, request, organisations.find)
        return {
            "row": row,
            "services": organisations.services_of(session, row),
            "people": organisations.people_of(session, row),
            "free": organisations.free_partners(session, visit.staff),
            "ratings": organisations.ratings_of(session, row),
            "judged": organisations.judged(session, [row.id]).get(row.id),
            "base": f"{ADDRESS}/{row.id}",
        }

    context = await visit.read(work)
    more = {"kinds": organisations.KINDS, "stars": organisations.STARS, "entered": entered}
    return render(request, "organisation.html", context | more, status=status)


DEEDS = Deeds(ADDRESS, organisations.find, _one)


async def change(request: web.Request) -> web.Response:
    """Changes name, kind, phone, description."""

    def act(session: Session, visit: Visit, row: Organisation, form: Form) -> None:
        organisations.change(session, visit.staff, row, _facts(form), visit.now)

    return await DEEDS.do(request, "change", act)


async def set_active(request: web.Request) -> web.Response:
    """Ends or takes up the work with it."""

    def act(session: Session, visit: Visit, row: Organisation, form: Form) -> None:
        organisations.set_active(session, visit.staff, row, form.get("active") == "1", visit.now)

    return await DEEDS.do(request, "active", act)


async def add_service(request: web.Request) -> web.Response:
    """Adds a service, or ends the one that the form names."""

    def act(session: Session, visit: Visit, row: Organisation, form: Form) -> None:
        closed = number_or_none(form.get("close"))
        if closed is not None:
            organisations.close_service(session, visit.staff, row, closed)
            return
        name, about = form.get("service", ""), form.get("about", "")
        organisations.add_service(session, visit.staff, row, name, about)

    return await DEEDS.do(request, "service", act)


async def assign(request: web.Request) -> web.Response:
    """Lets an account belong to it."""

    def act(session: Session, visit: Visit, row: Organisation, form: Form) -> None:
        number = number_or_none(form.get("person")) or 0
        person = people.find(session, visit.staff, number)
        organisations.assign(session, visit.staff, row, person, visit.now)

    return await DEEDS.do(request, "assign", act)


async def rate(request: web.Request) -> web.Response:
    """The evaluation of the half-month by a member of staff; once a day each."""

    def act(session: Session, visit: Visit, row: Organisation, form: Form) -> None:
        stars = number_or_none(form.get("stars"))
        if stars not in organisations.STARS:
            raise BadOrganisation("stars", "请选评价")
        source = f"staff:{visit.staff.id}:{row.id}:{visit.now.date()}"
        given = Judgement(source, stars, form.get("words", ""), staff_id=visit.staff.id)
        if not organisations.rate(session, row, given, visit.now):
            raise BadOrganisation("stars", "今天已经评过了")

    return await DEEDS.do(request, "rate", act)
