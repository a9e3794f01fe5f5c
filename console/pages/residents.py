"""The page of a resident's conversation: for what is not, or not only, about one case."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import resident as address
from console.done import own_path, see
from console.forms import Entered, number_or_none, read_form
from console.live import LIVE
from console.pages import threads as shared
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import desk_rows, finding, handover, replies, threads
from services.access import Permission, require
from storage.desk import QueueItem


@dataclass(frozen=True, slots=True)
class ResidentPage:
    """A conversation, and the open items of the queue that are about it."""

    thread: threads.Thread
    row: desk_rows.QueueRow | None
    mark: str


async def show(request: web.Request) -> web.Response:
    """The conversation as it stands."""
    return await page(request, Entered())


async def page(
    request: web.Request,
    entered: Entered,
    *,
    notice: str = "",
    unmasked: shared.Unmasked | None = None,
    status: int = 200,
) -> web.Response:
    """The page, with what was entered and what was wrong with it."""
    visit = visit_of(request)
    wanted = number_or_none(request.query.get("item"))
    found = await visit.read(lambda session: _load(session, visit, request, wanted))
    resident = found.thread.resident
    canned = shared.canned_for(visit, resident, None)
    context = {
        "page": found,
        "thread": found.thread,
        "entered": entered,
        "notice": notice,
        "unmasked": unmasked,
        "others": request.app[LIVE].others(f"resident:{resident.id}", visit.staff.name),
        "canned": canned,
        "canned_text": shared.chosen(request, canned),
        "base": address(resident.id),
    }
    return render(request, "resident.html", context, status=status)


def _load(session: Session, visit: Visit, request: web.Request, wanted: int | None) -> ResidentPage:
    resident = shared.find_resident(session, visit, number_in_path(request))
    thread = threads.load(session, visit.staff, resident, visit.now)
    item = _item(session, visit, thread, wanted)
    return ResidentPage(
        thread=thread,
        row=next(iter(desk_rows.rows(session, [item] if item else [], visit.now)), None),
        mark=threads.mark(session, visit.staff, resident.id, None),
    )


def _item(
    session: Session, visit: Visit, thread: threads.Thread, wanted: int | None
) -> QueueItem | None:
    """The item one came from, else the conversation that waits."""
    named = finding.item(session, visit.staff, wanted) if wanted else None
    candidates = (named, thread.item)
    return next(
        (
            one
            for one in candidates
            if one and one.state == "open" and one.resident_id == thread.resident.id
        ),
        None,
    )


async def reply(request: web.Request) -> web.Response:
    """Hands in a reply to a resident."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        resident = shared.find_resident(session, visit, number_in_path(request))
        shared.require_talk(session, visit, resident)
        shared.submit_reply(session, visit, resident, None, form)

    try:
        await visit.write(work)
    except replies.StaleReply as error:
        return await page(request, Entered("reply", form), notice=str(error), status=409)
    except replies.BadReply as error:
        return await page(request, Entered("reply", form, {"text": str(error)}), status=422)
    visit.deps.notify_outbox()
    done = "sent" if visit.deps.approval == "never" else "proposed"
    return see(address(number_in_path(request)), done, anchor="newest")


async def end(request: web.Request) -> web.Response:
    """Gives the conversation back to the bot."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        require(visit.staff, Permission.HANDLE)
        resident = shared.find_resident(session, visit, number_in_path(request))
        shared.require_talk(session, visit, resident)
        handover.end(session, resident, visit.staff, visit.now)

    await visit.write(work)
    visit.deps.notify_outbox()
    return see(own_path(form.get("back", ""), address(number_in_path(request))), "ended")


async def unmask(request: web.Request) -> web.Response:
    """Shows name and phone once, with the reason in the audit."""
    visit, form = visit_of(request), await read_form(request)
    reason = form.get("reason", "").strip()
    if not reason:
        entered = Entered("unmask", form, {"reason": "请写明为什么要看"})
        return await page(request, entered, status=422)

    def work(session: Session) -> shared.Unmasked:
        resident = shared.find_resident(session, visit, number_in_path(request))
        return shared.unmask(session, visit, resident, None, reason)

    return await page(request, Entered(), unmasked=await visit.write(work))
