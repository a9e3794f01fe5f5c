"""账本: how far a community's ledger has come, and the check that nothing in it was changed."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.forms import Entered, read_form
from console.pages.points_pages import Context, ListPage, community_kept
from console.visits import visit_of
from deliberation.chain import BrokenChainError
from services import audit, ledger_chain
from storage.communities import Community

CHECKED = "第 1 到 {number} 笔都和写下时一样，余额都等于各笔之和"
BROKEN = "第 {entry} 笔起对不上。账本只增不改，请不要再手工改动数据库，马上联系工程师核查"


def _head(session: Session, _request: web.Request, community: Community) -> Context:
    return {"head": ledger_chain.head(session, community.id)}


PAGE = ListPage("points/ledger.html", _head)


async def show(request: web.Request) -> web.Response:
    """The number and the hash of the last entry."""
    return await PAGE.show(request)


async def check(request: web.Request) -> web.Response:
    """Reads every entry again, on a snapshot; who asked and what came of it is audited."""
    visit, form = visit_of(request), await read_form(request)

    def read(session: Session) -> tuple[int, dict[str, int]]:
        community = community_kept(session, visit, form.get("community", ""))
        try:
            return community.id, {"entries": ledger_chain.check(session, community.id)}
        except BrokenChainError as error:
            return community.id, {"broken": error.entry}

    def note(session: Session) -> None:
        community = session.get_one(Community, number)
        audit.record(session, visit.now, visit.staff, "ledger.check", community, after=came_of_it)

    number, came_of_it = await visit.read(read)
    await visit.write(note)
    broken = came_of_it.get("broken")
    told = {"community": form.get("community", ""), "checked": ""}
    if broken:
        wrong = {"checked": BROKEN.format(entry=broken)}
        return await PAGE.show(request, Entered("check", told, wrong))
    told["checked"] = CHECKED.format(number=came_of_it["entries"])
    return await PAGE.show(request, Entered("check", told))
