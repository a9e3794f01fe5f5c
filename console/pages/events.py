"""Server-sent events: an open page hears that what it shows has changed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from aiohttp import web
from sqlalchemy.orm import Session

from console.live import LIVE
from console.pages import threads as shared
from console.visits import COOKIE, Visit, number_in_path, visit_of
from services import desk, desk_rows, finding, marks, open_talks, sign_in, threads
from services.cases import source_of
from storage.desk import QueueItem

Mark = Callable[[Session], str]
RENEW_BELOW = desk.LEASE / 2


async def queue(request: web.Request) -> web.StreamResponse:
    """Tells when the queue of this member of staff has changed."""
    visit = visit_of(request)
    return await _stream(
        request, "queue", lambda session: marks.queue(session, visit.staff, visit.deps.clock())
    )


async def talks(request: web.Request) -> web.StreamResponse:
    """Tells when the list of conversations that were not ended has changed."""
    visit = visit_of(request)
    return await _stream(request, "talks", lambda session: open_talks.mark(session, visit.staff))


async def case(request: web.Request) -> web.StreamResponse:
    """Tells when a case or its conversation has changed, and who else looks at it."""
    visit = visit_of(request)
    found = await visit.read(
        lambda session: shared.find_case(session, visit, number_in_path(request))
    )
    resident, number = found.resident_id, found.id
    return await _stream(
        request,
        f"resident:{resident}" if resident else f"case:{number}",
        lambda session: threads.mark(session, visit.staff, resident, number),
        keep=source_of(found),
    )


async def resident(request: web.Request) -> web.StreamResponse:
    """Tells when a conversation has changed, and who else looks at it."""
    visit = visit_of(request)
    found = await visit.read(
        lambda session: shared.find_resident(session, visit, number_in_path(request))
    )
    number = found.id
    return await _stream(
        request,
        f"resident:{number}",
        lambda session: threads.mark(session, visit.staff, number, None),
        keep=f"person:{number}",
    )


async def _stream(
    request: web.Request, page: str, mark: Mark, *, keep: str = ""
) -> web.StreamResponse:
    """Sends `{mark, others}` at once and on every change, a comment now and then, until the
    browser goes or the session ends.
    """
    visit, live = visit_of(request), request.app[LIVE]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    )
    response.headers["Cache-Control"] = "no-store"
    await response.prepare(request)
    seen = ""
    with contextlib.suppress(ConnectionResetError), live.present(page, visit.staff.name):
        async for _ in live.changes():
            if not await visit.read(lambda session: _still(session, request, visit)):
                await response.write(b"event: signed-out\ndata: {}\n\n")
                break
            state = {
                "mark": await visit.read(mark),
                "others": live.others(page, visit.staff.name),
            }
            line = json.dumps(state, ensure_ascii=False)
            await response.write(b": here\n\n" if line == seen else f"data: {line}\n\n".encode())
            seen = line
            await _renew(visit, keep)
    return response


def _still(session: Session, request: web.Request, visit: Visit) -> bool:
    """Whether the session behind an open page is still alive."""
    token = request.cookies.get(COOKIE, "")
    found = sign_in.signed_in(session, token, visit.deps.rules, visit.deps.clock())
    return found is not None


async def _renew(visit: Visit, source: str) -> None:
    """An open page is the sign of life that keeps a claim."""
    if not source:
        return
    now = visit.deps.clock()
    item = await visit.read(lambda session: finding.item_of(session, visit.staff, source))
    if item is None or not _is_mine(item, visit) or not desk_rows.held(item, now):
        return
    if item.claimed_until is not None and item.claimed_until - now < RENEW_BELOW:
        with contextlib.suppress(desk.ClaimLost):
            await visit.write(
                lambda session: desk.claim(session, visit.staff, item.id, item.version, now)
            )


def _is_mine(item: QueueItem, visit: Visit) -> bool:
    return item.state == "open" and item.claimed_by == visit.staff.id
