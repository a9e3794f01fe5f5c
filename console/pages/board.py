"""The mutual-help board as staff see it: what stands there, and taking something off."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused
from console.forms import read_form
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.visits import one_in_path, visit_of
from services import board, board_keeping

ADDRESS = "/console/board"


async def show(request: web.Request) -> web.Response:
    """The posts in one state."""
    visit = visit_of(request)
    state = request.query.get("state", "open")
    state = state if state in board.STATE_NAMES else "open"
    rows, total = await visit.read(
        lambda s: board_keeping.listed(s, visit.staff, state, offset=offset(request), limit=SIZE)
    )
    context = {
        "rows": rows,
        "state": state,
        "states": board.STATE_NAMES,
        "kinds": board.KIND_NAMES,
        "paging": paging(request, total),
    }
    return render(request, "board.html", context)


async def take_off(request: web.Request) -> web.Response:
    """Takes a post off the board, with a reason for its author."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        post = one_in_path(session, request, board_keeping.for_staff)
        board_keeping.take_off(session, visit.staff, post, form.get("reason", ""), visit.now)

    try:
        await visit.write(work)
    except board.Unavailable as error:
        return refused(request, str(error), ADDRESS)
    visit.deps.notify_outbox()
    return see(ADDRESS, "taken-off")
