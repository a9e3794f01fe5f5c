"""The keys of other systems (接口密钥): made, shown once, revoked."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.communities import Kept, kept
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import api_keys
from services import staff as people
from storage.city import ApiKey

ADDRESS = "/console/keys"


async def show(request: web.Request) -> web.Response:
    """The keys of a community."""
    return await _page(request, request.query.get("community", ""), Entered())


async def _page(
    request: web.Request, community: str, entered: Entered, *, secret: str = "", status: int = 200
) -> web.Response:
    visit = visit_of(request)
    found, rows, names = await visit.read(lambda session: _load(session, visit, community))
    context = {
        "kept": found,
        "address": ADDRESS,
        "rows": rows,
        "names": names,
        "entered": entered,
        "secret": secret,
    }
    return render(request, "keys.html", context, status=status)


def _load(
    session: Session, visit: Visit, community: str
) -> tuple[Kept, list[ApiKey], dict[int, str]]:
    found = kept(session, visit, community)
    rows = api_keys.listed(session, found.community.id)
    return found, rows, people.names(session, [row.created_by for row in rows])


async def make(request: web.Request) -> web.Response:
    """Makes a key and shows its secret, on this page only."""
    visit, form = visit_of(request), await read_form(request)
    community = form.get("community", "")

    def work(session: Session) -> str:
        found = kept(session, visit, community)
        name = form.get("name", "")
        return api_keys.make(session, visit.staff, found.community.id, name, visit.now)[1]

    try:
        secret = await visit.write(work)
    except api_keys.BadKey as error:
        entered = Entered("make", form, {"name": str(error)})
        return await _page(request, community, entered, status=422)
    return await _page(request, community, Entered(), secret=secret)


async def revoke(request: web.Request) -> web.Response:
    """Ends a key."""
    visit = visit_of(request)

    def work(session: Session) -> None:
        key = one_in_path(session, request, api_keys.find)
        api_keys.revoke(session, visit.staff, key, visit.now)

    await visit.write(work)
    return see(ADDRESS, "revoked")
