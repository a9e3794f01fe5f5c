"""The processes that topics may follow here, and a community's own versions of them."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.hall import shared
from console.rendering import render
from console.visits import Visit, visit_of
from services import process_keeping, scope
from services.processes import BadProcess

ADDRESS = f"{shared.ADDRESS}/processes"


async def show(request: web.Request) -> web.Response:
    """The processes of one community; the text of the one that is asked for, to be edited."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    code, key = request.query.get("community", ""), request.query.get("process", "")
    context = await visit.read(lambda session: _load(session, visit, code, key))
    return render(
        request, "hall/processes.html", context | {"entered": entered, "key": key}, status=status
    )


def _load(session: Session, visit: Visit, code: str, key: str) -> dict[str, object]:
    place = shared.find_community(session, visit, code)
    community = shared.community_id_of(place)
    known = process_keeping.all_current(session, community)
    asked = key in {process.key for process in known}
    return {
        "place": place,
        "places": scope.nodes(session, visit.staff),
        "processes": known,
        "own": {p.key for p in known if process_keeping.newest(session, community, p.key)},
        "text": process_keeping.text_of(session, community, key) if asked else "",
    }


async def keep(request: web.Request) -> web.Response:
    """Stores a new version; topics that run keep theirs."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        place = shared.find_community(session, visit, form.get("community", ""))
        community = shared.community_id_of(place)
        process_keeping.keep(session, visit.staff, community, form.get("text", ""), visit.now)

    try:
        await visit.write(work)
    except BadProcess as error:
        return await _page(request, Entered("keep", form, {"text": str(error)}), 422)
    return see(f"{ADDRESS}?community={form.get('community', '')}", "saved")
