"""The goods that points buy: the shelf."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.points import ADDRESS, community_kept, frame, whole
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import goods
from services.goods import BadGoods, Label, StaleGoods
from storage.communities import Community
from storage.points import Goods

HERE = f"{ADDRESS}/goods"


def _label(form: dict[str, str]) -> Label:
    return Label(
        form.get("name", ""),
        whole(form.get("price")),
        whole(form.get("stock")),
        whole(form.get("per_quarter")),
        form.get("description", ""),
        form.get("place", ""),
    )


async def show(request: web.Request) -> web.Response:
    """The shelf of a community."""
    return await _list(request, Entered(), 200)


async def _list(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    code = entered.values.get("community") or request.query.get("community", "")

    def work(session: Session) -> dict[str, Any]:
        community = community_kept(session, visit, code)
        rows = goods.shelf(session, community.id, active_only=False)
        return {**frame(session, visit, community), "rows": rows, "entered": entered}

    return render(request, "points/goods.html", await visit.read(work), status=status)


async def add(request: web.Request) -> web.Response:
    """New goods."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> str:
        community = community_kept(session, visit, form.get("community", ""))
        goods.add(session, visit.staff, community.id, _label(form), visit.now)
        return community.code

    try:
        code = await visit.write(work)
    except BadGoods as error:
        return await _list(request, Entered("add", form, {error.field: str(error)}), 422)
    return see(f"{HERE}?community={code}", "added")


async def show_one(request: web.Request) -> web.Response:
    """One kind of goods."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        row = _find(session, visit, request)
        community = session.get_one(Community, row.community_id)
        return {**frame(session, visit, community), "row": row, "entered": entered}

    return render(request, "points/goods_one.html", await visit.read(work), status=status)


def _find(session: Session, visit: Visit, request: web.Request) -> Goods:
    row = goods.find(session, visit.staff, number_in_path(request))
    if row is None:
        raise web.HTTPNotFound
    return row


async def change(request: web.Request) -> web.Response:
    """Changes price, stock, limit; 409 where something was reserved meanwhile."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        row, version = _find(session, visit, request), whole(form.get("version"))
        goods.change(session, visit.staff, row, _label(form), version, visit.now)

    try:
        await visit.write(work)
    except BadGoods as error:
        return await _one(request, Entered("change", form, {error.field: str(error)}), 422)
    except StaleGoods as error:
        return await _one(request, Entered("stale", {}, {"stock": str(error)}), 409)
    return see(f"{HERE}/{number_in_path(request)}", "saved")


async def set_active(request: web.Request) -> web.Response:
    """Takes goods off the shelf or back onto it."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        row = _find(session, visit, request)
        goods.set_active(session, visit.staff, row, form.get("active") == "1", visit.now)

    await visit.write(work)
    return see(f"{HERE}/{number_in_path(request)}", "saved")
