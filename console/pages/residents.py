"""The page of a resident's conversation: for what is not, or not only, about one case."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import resident as address
from console.done import own_path, see
from console.forms import number_or_none, read_form
from console.pages import thread_page
from console.pages import threads as shared
from console.pages.thread_page import About, Shown
from console.visits import Visit, number_in_path, visit_of
from services import desk_rows, finding, handover, threads
from services.access import Permission, require
from storage.desk import QueueItem
from storage.residents import Resident


@dataclass(frozen=True, slots=True)
class ResidentPage:
    """A conversation, and the open items of the queue that are about it."""

    thread: threads.Thread
    row: desk_rows.QueueRow | None
    mark: str


async def show(request: web.Request) -> web.Response:
    """The conversation as it stands."""
    return await page(request, Shown())


async def page(request: web.Request, shown: Shown) -> web.Response:
    """The page, with what was entered and what was wrong with it."""
    visit = visit_of(request)
    wanted = number_or_none(request.query.get("item"))
    found = await visit.read(lambda session: _load(session, visit, request, wanted))
    resident = found.thread.resident
    about = About(resident, None, f"resident:{resident.id}", address(resident.id))
    own = {"page": found, "thread": found.thread}
    return thread_page.draw(request, "resident.html", about, shown, own)


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
    number = number_in_path(request)

    def find(session: Session, visit: Visit) -> tuple[Resident, None]:
        resident = shared.find_resident(session, visit, number)
        shared.require_talk(session, visit, resident)
        return resident, None

    return await thread_page.reply(request, page, address(number), find)


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
    number = number_in_path(request)

    def find(session: Session, visit: Visit) -> tuple[Resident, None]:
        return shared.find_resident(session, visit, number), None

    return await thread_page.unmask(request, page, find)
