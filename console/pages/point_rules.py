"""The rules of points and everything they ever said."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.points import ADDRESS, community_kept, frame, whole
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import point_rules
from services import staff as people
from services.point_rules import BadRule, Wording
from storage.communities import Community
from storage.points import PointRule

HERE = f"{ADDRESS}/rules"


def _wording(form: dict[str, str]) -> Wording:
    return Wording(
        form.get("name", ""),
        form.get("description", ""),
        whole(form.get("amount")),
        whole(form.get("cap_occasion")),
        whole(form.get("cap_day")),
        whole(form.get("cap_year")),
    )


async def show(request: web.Request) -> web.Response:
    """The rules of a community."""
    return await _list(request, Entered(), 200)


async def _list(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    code = entered.values.get("community") or request.query.get("community", "")

    def work(session: Session) -> dict[str, Any]:
        community = community_kept(session, visit, code)
        rows = point_rules.listed(session, community.id, active_only=False)
        return {**frame(session, visit, community), "rows": rows, "entered": entered}

    return render(request, "points/rules.html", await visit.read(work), status=status)


async def add(request: web.Request) -> web.Response:
    """A new rule."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        community = community_kept(session, visit, form.get("community", ""))
        return point_rules.add(session, visit.staff, community.id, "", _wording(form), visit.now).id

    try:
        made = await visit.write(work)
    except BadRule as error:
        return await _list(request, Entered("add", form, {error.field: str(error)}), 422)
    return see(f"{HERE}/{made}", "added")


async def show_one(request: web.Request) -> web.Response:
    """One rule with its versions."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        rule = _find(session, visit, request)
        versions = point_rules.versions(session, rule)
        community = session.get_one(Community, rule.community_id)
        return {
            **frame(session, visit, community),
            "rule": rule,
            "versions": versions,
            "current": versions[0],
            "names": people.names(session, sorted({one.staff_id or 0 for one in versions})),
            "entered": entered,
        }

    return render(request, "points/rule.html", await visit.read(work), status=status)


def _find(session: Session, visit: Visit, request: web.Request) -> PointRule:
    rule = point_rules.find(session, visit.staff, number_in_path(request))
    if rule is None:
        raise web.HTTPNotFound
    return rule


async def change(request: web.Request) -> web.Response:
    """A new version of a rule."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        rule = _find(session, visit, request)
        point_rules.change(session, visit.staff, rule, _wording(form), visit.now)

    try:
        await visit.write(work)
    except BadRule as error:
        return await _one(request, Entered("change", form, {error.field: str(error)}), 422)
    return see(f"{HERE}/{number_in_path(request)}", "saved")


async def set_active(request: web.Request) -> web.Response:
    """Takes a rule out of use or back into it."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        rule = _find(session, visit, request)
        point_rules.set_active(session, visit.staff, rule, form.get("active") == "1", visit.now)

    await visit.write(work)
    return see(f"{HERE}/{number_in_path(request)}", "saved")
