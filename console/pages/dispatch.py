"""The dispatch rules of a community (派单规则): category × place → who takes the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.communities import Kept, kept
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import dispatch
from services import staff as people
from services.place_names import names_of
from services.places import places_of
from storage.city import DispatchRule
from storage.communities import Place
from storage.organisations import Organisation
from storage.staff import Staff

ADDRESS = "/console/dispatch"


@dataclass(frozen=True, slots=True)
class DispatchPage:
    """The rules with everything named, and what a new one may be made of."""

    kept: Kept
    rules: list[DispatchRule]
    places: list[Place]
    place_names: dict[str, str]
    names: dict[int, str]
    staff: list[Staff]
    partners: list[Organisation]


async def show(request: web.Request) -> web.Response:
    """The rules, the most specific first."""
    return await _page(request, request.query.get("community", ""), Entered(), 200)


async def _page(
    request: web.Request, community: str, entered: Entered, status: int
) -> web.Response:
    visit = visit_of(request)
    found = await visit.read(lambda session: _load(session, visit, community))
    context = {"page": found, "kept": found.kept, "address": ADDRESS, "entered": entered}
    return render(request, "dispatch.html", context, status=status)


def _load(session: Session, visit: Visit, community: str) -> DispatchPage:
    chosen = kept(session, visit, community)
    rules = dispatch.rules_of(session, chosen.community.id)
    places = [one for one in places_of(session, chosen.community.id) if one.kind != "unit"]
    paths = {one.path for one in places} | {rule.place_path for rule in rules}
    return DispatchPage(
        kept=chosen,
        rules=rules,
        places=places,
        place_names=names_of(session, paths),
        names=people.names(session, [rule.staff_id for rule in rules if rule.staff_id]),
        staff=dispatch.people_for(session, chosen.community.id),
        partners=dispatch.partners_of(session, chosen.community.id),
    )


async def add(request: web.Request) -> web.Response:
    """Adds a rule, or changes who takes the cases of one."""
    visit, form = visit_of(request), await read_form(request)
    community = form.get("community", "")

    def work(session: Session) -> Kept:
        found = kept(session, visit, community)
        new = _new(form)
        if new.category and not _known(found, new.category):
            raise dispatch.BadRule("category", "请选类别")
        dispatch.add(session, visit.staff, found.community.id, new, visit.now)
        return found

    try:
        found = await visit.write(work)
    except dispatch.BadRule as error:
        entered = Entered("add", form, {error.field: str(error)})
        return await _page(request, community, entered, 422)
    return see(f"{ADDRESS}{found.query}", "saved")


def _known(found: Kept, code: str) -> bool:
    return code in found.catalogue or code in found.catalogue.groups


def _new(form: Mapping[str, str]) -> dispatch.NewRule:
    kind, _, number = form.get("taker", "").partition(":")
    taker = number_or_none(number)
    return dispatch.NewRule(
        category=form.get("category", ""),
        place_id=number_or_none(form.get("place")) or 0,
        staff_id=taker if kind == "staff" else None,
        organisation_id=taker if kind == "partner" else None,
    )


async def remove(request: web.Request) -> web.Response:
    """Takes a rule away."""
    visit = visit_of(request)

    def work(session: Session) -> None:
        rule = one_in_path(session, request, dispatch.find)
        dispatch.remove(session, visit.staff, rule, visit.now)

    await visit.write(work)
    return see(ADDRESS, "removed")
