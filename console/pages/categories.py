"""The categories of a community: the list, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.communities import Kept, kept
from console.rendering import render
from console.visits import visit_of
from services import category_keeping
from services.national import NATIONAL_NAMES
from services.questions import MOST_QUESTIONS, write_lines
from services.sla import class_names

ADDRESS = "/console/categories"


async def show(request: web.Request) -> web.Response:
    """All categories by group, those switched off too."""
    visit = visit_of(request)
    code = request.query.get("community", "")
    found = await visit.read(lambda session: kept(session, visit, code))
    context = {
        "kept": found,
        "address": ADDRESS,
        "groups": found.catalogue.everything(),
        "slas": class_names(found.terms),
        "national": NATIONAL_NAMES,
    }
    return render(request, "categories.html", context)


async def edit(request: web.Request) -> web.Response:
    """One category to be changed; without a code a new one."""
    visit = visit_of(request)
    community = request.query.get("community", "")
    found = await visit.read(lambda session: kept(session, visit, community))
    code = request.query.get("code", "")
    if code and found.catalogue.get(code) is None:
        raise web.HTTPNotFound
    return _page(request, found, Entered("keep", _values(found, code)), 200)


def _values(found: Kept, code: str) -> dict[str, str]:
    one = found.catalogue.get(code)
    if one is None:
        return {"code": "", "sla": "normal", "active": "1"}
    return {
        "code": one.code,
        "group": one.group,
        "name": one.name,
        "department": one.department,
        "sla": one.sla,
        "national": one.national,
        "national_minor": one.national_minor,
        "private": "1" if one.private else "",
        "active": "1" if one.active else "",
        "questions": write_lines(found.catalogue.questions(code)),
    }


def _page(request: web.Request, found: Kept, entered: Entered, status: int) -> web.Response:
    context = {
        "kept": found,
        "address": ADDRESS,
        "entered": entered,
        "groups": found.catalogue.groups,
        "slas": class_names(found.terms),
        "national": NATIONAL_NAMES,
        "most": MOST_QUESTIONS,
    }
    return render(request, "category.html", context, status=status)


async def keep(request: web.Request) -> web.Response:
    """Stores a category."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> Kept:
        found = kept(session, visit, form.get("community", ""))
        category_keeping.keep(
            session, visit.staff, found.community.id, _wanted(form), found.catalogue, visit.now
        )
        return found

    try:
        found = await visit.write(work)
    except category_keeping.BadCategory as error:
        code = form.get("community", "")
        found = await visit.read(lambda session: kept(session, visit, code))
        return _page(request, found, Entered("keep", form, {error.field: str(error)}), 422)
    return see(f"{ADDRESS}{found.query}", "saved")


def _wanted(form: Mapping[str, str]) -> category_keeping.Wanted:
    return category_keeping.Wanted(
        code=form.get("code", ""),
        group=form.get("group", ""),
        name=form.get("name", ""),
        department=form.get("department", ""),
        sla=form.get("sla", ""),
        national=form.get("national", ""),
        national_minor=form.get("national_minor", ""),
        private=form.get("private") == "1",
        active=form.get("active") == "1",
        questions=form.get("questions", ""),
    )
