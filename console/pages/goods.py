"""The goods that points buy: the shelf."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.done import see
from console.forms import Entered, read_form
from console.pages.points_pages import (
    ADDRESS,
    CommunityForm,
    Context,
    ListPage,
    OnePage,
    whole,
)
from console.visits import Visit, number_in_path, one_in_path, visit_of
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


def _shelf(session: Session, _: web.Request, community: Community) -> Context:
    return {"rows": goods.shelf(session, community.id, active_only=False)}


LIST = ListPage("points/goods.html", _shelf)
ADD = CommunityForm(LIST, "add")
ONE = OnePage("points/goods_one.html", goods.find, lambda _, row: {"row": row})
DEEDS = Deeds(HERE, goods.find, ONE.show)


async def show(request: web.Request) -> web.Response:
    """The shelf of a community."""
    return await LIST.show(request)


async def add(request: web.Request) -> web.Response:
    """New goods."""

    def work(session: Session, visit: Visit, community: Community, form: Form) -> str:
        goods.add(session, visit.staff, community.id, _label(form), visit.now)
        return f"{HERE}?community={community.code}"

    return await ADD.take(request, work)


async def show_one(request: web.Request) -> web.Response:
    """One kind of goods."""
    return await ONE.show(request)


async def change(request: web.Request) -> web.Response:
    """Changes price, stock, limit; 409 where something was reserved meanwhile."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        row, version = one_in_path(session, request, goods.find), whole(form.get("version"))
        goods.change(session, visit.staff, row, _label(form), version, visit.now)

    try:
        await visit.write(work)
    except BadGoods as error:
        return await ONE.show(request, Entered("change", form, {error.field: str(error)}), 422)
    except StaleGoods as error:
        return await ONE.show(request, Entered("stale", {}, {"stock": str(error)}), 409)
    return see(f"{HERE}/{number_in_path(request)}", "saved")


async def set_active(request: web.Request) -> web.Response:
    """Takes goods off the shelf or back onto it."""

    def act(session: Session, visit: Visit, row: Goods, form: Form) -> None:
        goods.set_active(session, visit.staff, row, form.get("active") == "1", visit.now)

    return await DEEDS.do(request, "active", act)
