"""The access rule of every route, tried from the route table itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import pytest
from _pytest.mark.structures import ParameterSet

from console.guard import AREAS
from console.routes import ROUTES
from console.routes.information import PLACE
from console.routes.kinds import CODE, N
from console.rules import Needs, Public, Route, SignedIn
from services.access import PERMISSIONS, Role
from tests.console.seed import PEOPLE, Seeded
from tests.console.world import Answer, Console, Visitor

GUARDED = [route for route in ROUTES if not isinstance(route.rule, Public)]
ABOUT_ONE = [route for route in ROUTES if "{id" in route.path]
OWN_LINK = f"/public/{CODE}/points/"
"""Opens with the link of a resident alone, which has an end."""
OPEN_BALLOT = f"/public/{CODE}/ballots/"
"""The log of the seeded ballot, which is open: it does not exist yet for anybody."""
STRANGERS = {"/console/staff/": "otheradmin"}
LOGIN_OF = {role: login for login, _, role, _ in reversed(PEOPLE)}


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def address(
    route: Route, seeded: Seeded, number: int | None = None, community: str = "demo"
) -> str:
    """The route's address about the seeded thing that it is for."""
    public = f"/public/{CODE}/"
    things = {
        "/console/hall/ballots/": seeded.ballot,
        "/console/hall/proposals/": seeded.proposal,
        "/console/hall/": seeded.topic,
        "/console/items/": seeded.person_item if route.path.endswith("done") else seeded.lamp_item,
        "/console/cases/": seeded.lamp,
        "/console/residents/": seeded.resident,
        "/console/replies/": seeded.reply,
        "/console/sends/": seeded.failed,
        "/console/media/": seeded.picture,
        "/console/messages/": seeded.message,
        "/console/reports/": seeded.report,
        "/console/hot-topics/": seeded.hot_topic,
        "/console/dispatch/": seeded.rule,
        "/console/keys/": seeded.key,
        "/console/posters/": seeded.building,
        "/console/staff/": seeded.staff["grid1"],
        "/console/points/awards/": seeded.points.waiting,
        "/console/points/rules/": seeded.points.rule,
        "/console/points/goods/": seeded.points.goods,
        "/console/points/redemptions/": seeded.points.redemption,
        "/console/points/households/": seeded.points.household,
        "/console/points/residents/": seeded.resident,
        "/console/activities/": seeded.activity,
        "/console/occasions/": seeded.occasion,
        "/console/volunteers/": seeded.volunteer,
        "/console/backfills/": seeded.backfill,
        "/console/policies/": seeded.information.policy,
        "/console/notices/": seeded.information.notice,
        "/console/sheets/": seeded.information.funds,
        "/console/tips/": seeded.information.tip,
        f"{public}notices/": seeded.information.notice,
        f"{public}policies/": seeded.information.policy,
        f"{public}topics/": seeded.topic,
        f"{public}ballots/": seeded.ballot,
        "/console/moderation/words/": seeded.word,
        "/console/moderation/": seeded.submission,
        "/console/organisations/": seeded.organisation,
        "/console/board/": seeded.post,
        "/console/wishes/": seeded.wish,
        "/console/care/givers/": seeded.giver,
        "/console/care/": seeded.care,
        "/console/aid/": seeded.aid,
        "/console/referrals/": seeded.referral,
    }
    found = next((value for key, value in things.items() if route.path.startswith(key)), 0)
    path = route.path.replace(N, str(number or found))
    path = path.replace(CODE, community).replace(PLACE, "0").replace("{kind:html|xlsx}", "html")
    path = path.replace("{poster:join|sign-in}", "sign-in")
    path = path.replace("{ticket:[0-9a-f-]{20,200}}", "1-1772600000-" + "0" * 128)
    path = path.replace(r"{code:[A-Za-z0-9-]{4,40}}", "ABCD-2345-EFGH")
    return path.replace("{name}", "tokens.css")


def by_area(routes: Iterable[Route]) -> list[ParameterSet]:
    """The routes by the first part of their address: those of an area are tried on one console."""
    areas: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        areas["/".join(route.path.split("/")[1:3])].append(route)
    return [pytest.param(found, id=area) for area, found in areas.items()]


async def ask(visitor: Visitor, route: Route, path: str, **headers: str) -> Answer:
    if route.method == "POST":
        return await visitor.post(path)
    if path.endswith("/events") and visitor.token:
        response = await visitor.client.get(path, headers=visitor._cookie())
        response.close()
        return Answer(response.status, "", response.headers)
    return await visitor.get(path, **headers)


async def test_the_table_and_the_router_hold_the_same_routes(console: Console) -> None:
    """A route below /console or /public that is not in the table would have no rule."""
    assert console.client.app is not None
    registered = {
        (route.method, route.resource.canonical)
        for route in console.client.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith(AREAS)
    }
    table = {
        (route.method, re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", route.path))
        for route in ROUTES
    }
    assert registered == table


async def test_the_public_routes_are_these() -> None:
    """Whoever makes another route public says so here, too."""
    assert {name_of(route) for route in ROUTES if isinstance(route.rule, Public)} == {
        "GET /console/static/{name}",
        "GET /console/sign-in",
        "POST /console/sign-in",
        "GET /public/",
        *(
            f"GET /public/{CODE}{page}"
            for page in (
                "",
                "/cases",
                "/hot-topics",
                "/points",
                "/points/{ticket:[0-9a-f-]{20,200}}",
                "/activities",
                "/certificates",
                "/certificates/{code:[A-Za-z0-9-]{4,40}}",
                "/neighbours",
                "/wishes",
                "/notices",
                f"/notices/{N}",
                f"/notices/{N}/pictures/{PLACE}",
                "/lists",
                "/funds",
                "/funds.xlsx",
                "/policies",
                f"/policies/{N}",
                "/topics",
                f"/topics/{N}",
                f"/ballots/{N}.jsonl",
                f"/ballots/{N}.pb",
            )
        ),
    }


@pytest.mark.parametrize("routes", by_area(GUARDED))
async def test_without_sign_in_one_is_led_to_it(console: Console, routes: list[Route]) -> None:
    """A browser is redirected, a script is told 401."""
    for route in routes:
        path = address(route, console.seeded)
        answer = await ask(console.anonymous, route, path)
        assert answer.status == 303, name_of(route)
        assert answer.location.startswith("/console/sign-in"), name_of(route)
        if route.method == "GET":
            script = await console.anonymous.get(path, X_Live="1")
            assert script.status == 401, name_of(route)


@pytest.mark.parametrize("routes", by_area(r for r in ROUTES if isinstance(r.rule, Needs)))
async def test_a_role_without_the_permission_is_refused(
    console: Console, routes: list[Route]
) -> None:
    """403 for every role that lacks the permission, something else for every role that has it."""
    for route in routes:
        assert isinstance(route.rule, Needs)
        for role in Role:
            visitor = console.visitor(LOGIN_OF[role])
            answer = await ask(visitor, route, address(route, console.seeded, 987_654))
            allowed = route.rule.permission in PERMISSIONS[role]
            assert (answer.status == 403) is not allowed, (name_of(route), role)


@pytest.mark.parametrize("routes", by_area(r for r in ROUTES if isinstance(r.rule, SignedIn)))
async def test_what_needs_only_a_sign_in_is_open_to_every_role(
    console: Console, routes: list[Route]
) -> None:
    for route in sorted(routes, key=lambda one: "sign-out" in one.path):
        for role in Role:
            visitor = console.visitor(LOGIN_OF[role])
            answer = await ask(visitor, route, address(route, console.seeded))
            assert answer.status in (200, 303, 422), (name_of(route), role)


@pytest.mark.parametrize("routes", by_area(r for r in ROUTES if r.method == "GET"))
async def test_an_administrator_sees_every_page(console: Console, routes: list[Route]) -> None:
    for route in routes:
        answer = await ask(console.visitor("admin"), route, address(route, console.seeded))
        seen = (404,) if route.path.startswith((OPEN_BALLOT, OWN_LINK)) else (200, 303)
        assert answer.status in seen, name_of(route)
        assert "程序出错了" not in answer.text, name_of(route)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "POST"], ids=name_of)
async def test_an_empty_form_of_an_administrator_is_answered(
    console: Console, route: Route
) -> None:
    """No action fails; each is tried on a console of its own, for some of them act at once."""
    answer = await ask(console.visitor("admin"), route, address(route, console.seeded))
    assert answer.status in (200, 303, 400, 409, 422)
    assert "程序出错了" not in answer.text


@pytest.mark.parametrize("routes", by_area(ABOUT_ONE))
async def test_what_lies_outside_the_scope_does_not_exist(
    console: Console, routes: list[Route]
) -> None:
    """404, as for a number that nothing has."""
    for route in routes:
        stranger = next(
            (login for key, login in STRANGERS.items() if route.path.startswith(key)), "otheradmin"
        )
        visitor = console.visitor(stranger)
        for number in (None, 987_654):
            answer = await ask(visitor, route, address(route, console.seeded, number, "other"))
            assert answer.status == 404, (name_of(route), number)


@pytest.mark.parametrize("routes", by_area(r for r in GUARDED if r.method == "POST"))
async def test_a_form_without_its_token_or_from_elsewhere_is_refused(
    console: Console, routes: list[Route]
) -> None:
    visitor = console.visitor("admin")
    for route in routes:
        path = address(route, console.seeded)
        assert (await visitor.post(path, csrf="wrong")).status == 403, name_of(route)
        elsewhere = await visitor.post(path, origin="https://elsewhere.example")
        assert elsewhere.status == 403, name_of(route)
        assert (await visitor.post(path, origin="null")).status == 403, name_of(route)


async def test_a_private_case_is_hidden_from_those_who_may_not_see_it(console: Console) -> None:
    """A grid worker finds it neither by number, nor in the list, nor in the queue."""
    visitor = console.visitor("grid1")
    assert (await visitor.get(f"/console/cases/{console.seeded.private}")).status == 404
    for page in ("/console/cases", "/console/"):
        assert "邻里纠纷求助" not in (await visitor.get(page)).text
    assert "邻里纠纷求助" in (await console.visitor("worker").get("/console/cases")).text


async def test_a_grid_worker_sees_only_their_grid(console: Console) -> None:
    assert (
        await console.visitor("grid1").get(f"/console/cases/{console.seeded.far}")
    ).status == 404
    assert (
        await console.visitor("grid2").get(f"/console/cases/{console.seeded.far}")
    ).status == 200


async def test_an_unregistered_route_below_the_console_is_refused(console: Console) -> None:
    """What the table does not know is answered by nobody."""
    answer = await console.visitor("admin").get("/console/nothing-here")
    assert answer.status == 404
    assert "没有找到" in answer.text
