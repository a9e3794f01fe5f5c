"""Conversations that people took over and have not ended: a filter of the queue."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console import addresses
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.visits import visit_of
from services import desk, open_talks


async def show(request: web.Request) -> web.Response:
    """The list, the longest silent first."""
    visit, skip = visit_of(request), offset(request)

    def work(session: Session) -> dict[str, object]:
        rows, total = open_talks.listed(session, visit.staff, offset=skip, limit=SIZE)
        return {
            "rows": rows,
            "paging": paging(request, total),
            "counts": desk.counts(session, visit.staff, visit.now),
            "mark": open_talks.mark(session, visit.staff),
        }

    context = {
        "wanted": desk.QueueFilter(),
        "kinds": list(desk.KIND_NAMES),
        "address": addresses.resident,
        "toggled": lambda name, value="1": f"{addresses.QUEUE}?{name}={value}",
    }
    return render(request, "talks.html", context | await visit.read(work))
