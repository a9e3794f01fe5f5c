"""The staff page: who works here, with which role over which scope."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.done import see
from console.forms import Entered, read_form
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import place_names
from services import staff as people
from services.access import ROLE_NAMES
from storage.communities import Place
from storage.staff import Staff

ADDRESS = "/console/staff"


async def show(request: web.Request) -> web.Response:
    """Everybody inside one's own scope."""
    return await _list(request, Entered(), 200)


async def _list(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    rows, scopes, names = await visit.read(lambda session: _load(session, visit))
    context = {
        "rows": rows,
        "scopes": scopes,
        "names": names,
        "roles": ROLE_NAMES,
        "entered": entered,
    }
    return render(request, "staff_list.html", context, status=status)


def _load(session: Session, visit: Visit) -> tuple[list[Staff], list[Place], dict[str, str]]:
    rows = people.listed(session, visit.staff)
    scopes = place_names.scopes_in(session, visit.staff)
    names = place_names.names_of(session, {row.scope_path for row in rows})
    return rows, scopes, names


async def add(request: web.Request) -> web.Response:
    """Adds a member of staff with a first password."""
    visit, form = visit_of(request), await read_form(request)
    new = people.NewStaff(
        login=form.get("login", ""),
        password=form.get("password", ""),
        role=form.get("role", ""),
        scope=form.get("scope", ""),
        name=form.get("name", ""),
    )
    try:
        await visit.write(lambda session: people.add(session, new, visit.staff, visit.now))
    except people.BadStaff as error:
        return await _list(request, Entered("add", form, {error.field: str(error)}), 422)
    return see(ADDRESS, "added")


async def show_one(request: web.Request) -> web.Response:
    """One member of staff."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> tuple[Staff, list[Place]]:
        person = one_in_path(session, request, people.find)
        return person, place_names.scopes_in(session, visit.staff)

    person, scopes = await visit.read(work)
    context = {
        "person": person,
        "scopes": scopes,
        "roles": ROLE_NAMES,
        "entered": entered,
        "base": f"{ADDRESS}/{person.id}",
        "own": person.id == visit.staff.id,
    }
    return render(request, "staff_one.html", context, status=status)


DEEDS = Deeds(ADDRESS, people.find, _one)


async def change(request: web.Request) -> web.Response:
    """Gives another role or scope."""

    def act(session: Session, visit: Visit, person: Staff, form: Form) -> None:
        role, scope = form.get("role", ""), form.get("scope", "")
        people.change(session, person, role, scope, visit.staff, visit.now)

    return await DEEDS.do(request, "change", act)


async def set_active(request: web.Request) -> web.Response:
    """Disables or enables an account."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        person = one_in_path(session, request, people.find)
        people.set_active(session, person, form.get("active") == "1", visit.staff, visit.now)

    try:
        await visit.write(work)
    except people.BadStaff as error:
        return await _one(request, Entered("active", form, {"active": str(error)}), 422)
    return see(f"{ADDRESS}/{number_in_path(request)}", "saved")


async def reset(request: web.Request) -> web.Response:
    """Sets a new password and switches a lost second factor off."""

    def act(session: Session, visit: Visit, person: Staff, form: Form) -> None:
        people.set_password(session, person, form.get("password", ""), visit.staff, visit.now)
        if form.get("second_factor") == "off" and person.totp_secret:
            people.set_second_factor(session, person, None, visit.staff, visit.now)

    return await DEEDS.do(request, "reset", act, "password")
