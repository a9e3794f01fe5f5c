"""The rules of points and everything they ever said."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.pages.points_pages import (
    ADDRESS,
    CommunityForm,
    Context,
    ListPage,
    OnePage,
    whole,
)
from console.visits import Visit
from services import point_rules
from services import staff as people
from services.point_rules import Wording
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


def _rules(session: Session, _: web.Request, community: Community) -> Context:
    return {"rows": point_rules.listed(session, community.id, active_only=False)}


def _versions(session: Session, rule: PointRule) -> Context:
    versions = point_rules.versions(session, rule)
    names = people.names(session, sorted({one.staff_id or 0 for one in versions}))
    return {"rule": rule, "versions": versions, "current": versions[0], "names": names}


LIST = ListPage("points/rules.html", _rules)
ADD = CommunityForm(LIST, "add")
ONE = OnePage("points/rule.html", point_rules.find, _versions)
DEEDS = Deeds(HERE, point_rules.find, ONE.show)


async def show(request: web.Request) -> web.Response:
    """The rules of a community."""
    return await LIST.show(request)


async def add(request: web.Request) -> web.Response:
    """A new rule."""

    def work(session: Session, visit: Visit, community: Community, form: Form) -> str:
        wording = _wording(form)
        made = point_rules.add(session, visit.staff, community.id, "", wording, visit.now)
        return f"{HERE}/{made.id}"

    return await ADD.take(request, work)


async def show_one(request: web.Request) -> web.Response:
    """One rule with its versions."""
    return await ONE.show(request)


async def change(request: web.Request) -> web.Response:
    """A new version of a rule."""

    def act(session: Session, visit: Visit, rule: PointRule, form: Form) -> None:
        point_rules.change(session, visit.staff, rule, _wording(form), visit.now)

    return await DEEDS.do(request, "change", act)


async def set_active(request: web.Request) -> web.Response:
    """Takes a rule out of use or back into it."""

    def act(session: Session, visit: Visit, rule: PointRule, form: Form) -> None:
        point_rules.set_active(session, visit.staff, rule, form.get("active") == "1", visit.now)

    return await DEEDS.do(request, "active", act)
