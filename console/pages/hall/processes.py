"""The processes that topics may follow here, and a community's own versions of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused
from console.forms import Entered, read_form
from console.pages.hall import process_form, shared
from console.pages.hall.process_form import OFFERED, ProcessFields
from console.rendering import render
from console.visits import Visit, visit_of
from services import process_keeping, scope
from services.processes import BadProcess, Process

ADDRESS = f"{shared.ADDRESS}/processes"


async def show(request: web.Request) -> web.Response:
    """The processes of one community; the form of the one that is asked for, to be edited."""
    asked = request.query.get("community", ""), request.query.get("process", "")
    return await _page(request, asked, Entered())


async def _page(
    request: web.Request,
    asked: tuple[str, str],
    entered: Entered,
    typed: ProcessFields | None = None,
) -> web.Response:
    """The page about (community, process), with what was typed where it was wrong."""
    visit = visit_of(request)
    context = await visit.read(lambda session: _load(session, visit, *asked))
    if typed is not None:
        context["fields"] = typed
    status = 422 if entered.form else 200
    shown = context | {"entered": entered, "key": asked[1], "offered": OFFERED}
    return render(request, "hall/processes.html", shown, status=status)


def _load(session: Session, visit: Visit, code: str, key: str) -> dict[str, Any]:
    place = shared.find_community(session, visit, code)
    community = shared.community_id_of(place)
    known = process_keeping.all_current(session, community)
    asked = next((process for process in known if process.key == key), None)
    return {
        "place": place,
        "places": scope.nodes(session, visit.staff),
        "processes": known,
        "own": {p.key for p in known if process_keeping.newest(session, community, p.key)},
        "text": process_keeping.text_of(session, community, key) if asked else "",
        "fields": process_form.fields_of(asked) if asked else None,
    }


async def keep(request: web.Request) -> web.Response:
    """Stores a new version from its text; topics that run keep theirs."""
    form = await read_form(request)
    try:
        await _store(visit_of(request), form.get("community", ""), form.get("text", ""))
    except BadProcess as error:
        asked = (form.get("community", ""), "")
        return await _page(request, asked, Entered("keep", form, {"text": str(error)}))
    return _kept(form)


async def keep_form(request: web.Request) -> web.Response:
    """Stores a new version from the form; topics that run keep theirs."""
    visit, form = visit_of(request), await read_form(request)
    code, typed = form.get("community", ""), process_form.read(form)
    before = await visit.read(lambda session: _known(session, visit, code, typed.key))
    if before is None:
        return refused(request, "没有这个流程，请从列表里选一个来改。", ADDRESS)
    try:
        await _store(visit, code, process_form.text_of(typed, before))
    except BadProcess as error:
        entered = Entered("form", form, {"form": str(error)})
        return await _page(request, (code, typed.key), entered, typed)
    return _kept(form)


def _known(session: Session, visit: Visit, code: str, key: str) -> Process | None:
    """The process as it is now; None where there is none of that key."""
    community = shared.find_community_id(session, visit, code)
    known = process_keeping.all_current(session, community)
    return next((process for process in known if process.key == key), None)


async def _store(visit: Visit, code: str, text: str) -> None:
    def work(session: Session) -> None:
        community = shared.find_community_id(session, visit, code)
        process_keeping.keep(session, visit.staff, community, text, visit.now)

    await visit.write(work)


def _kept(form: Mapping[str, str]) -> web.Response:
    return see(f"{ADDRESS}?community={form.get('community', '')}", "saved")
