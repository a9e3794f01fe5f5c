"""核销: the counter where goods are handed over against a code."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import read_form
from console.pages.points_pages import ADDRESS, Context, community_kept, frame
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import points_people, redemption_lists, redemptions
from services.pickup_codes import read_code, say_code
from services.redemptions import NotReserved
from storage.points import Goods, Redemption

HERE = f"{ADDRESS}/pickup"
NOT_FOUND = "没有等着领的东西用这个码：可能已经领走、退回，或者听错了一位"
BAD_CODE = "这个码不对：应是 6 位数字，请再念一遍"


async def show(request: web.Request) -> web.Response:
    """The field for the code, what it stands for, and all that waits."""
    return await _page(request, "", 200)


async def _page(request: web.Request, problem: str, status: int) -> web.Response:
    visit, asked = visit_of(request), request.query.get("code", "").strip()
    code = read_code(asked) if asked else None
    if asked and code is None:
        problem = problem or BAD_CODE

    def work(session: Session) -> Context:
        community = community_kept(session, visit, request.query.get("community", ""))
        one = redemption_lists.by_code(session, visit.staff, code) if code else None
        waiting = redemption_lists.open_ones(session, community.id)
        people = {row.resident_id for row, _ in waiting} | ({one.resident_id} if one else set())
        return {
            **frame(session, visit, community),
            "asked": asked,
            "problem": problem or (NOT_FOUND if code and not one else ""),
            "found": one,
            "goods": session.get(Goods, one.goods_id) if one else None,
            "waiting": waiting,
            "names": points_people.names(session, people),
            "say_code": say_code,
        }

    return render(request, "points/pickup.html", await visit.read(work), status=status)


async def _deed(
    request: web.Request, done: str, deed: Callable[[Session, Visit, Redemption], None]
) -> web.Response:
    visit = visit_of(request)
    await read_form(request)
    try:
        await visit.write(lambda s: deed(s, visit, one_in_path(s, request, redemption_lists.find)))
    except NotReserved as refusal:
        return await _page(request, str(refusal), 409)
    visit.deps.notify_outbox()
    return see(HERE, done)


async def hand_over(request: web.Request) -> web.Response:
    """The goods are in the resident's hands."""

    def deed(session: Session, visit: Visit, reserved: Redemption) -> None:
        redemptions.hand_over(session, visit.staff, reserved, visit.now)

    return await _deed(request, "handed", deed)


async def cancel(request: web.Request) -> web.Response:
    """The resident does not want them any more."""

    def deed(session: Session, visit: Visit, reserved: Redemption) -> None:
        redemptions.cancel_for(session, visit.staff, reserved, visit.now)

    return await _deed(request, "given-back", deed)
