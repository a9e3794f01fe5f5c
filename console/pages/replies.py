"""The approval page: the exact text, who wrote it, and the conversation it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console import addresses
from console.done import see
from console.errors import stale
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import finding, replies, threads
from services.access import Permission, may
from storage.cases import Case
from storage.desk import Reply
from storage.messages import OutboxMessage
from storage.residents import Resident

Decide = Callable[[Session, Reply, int], None]


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """A reply and what its reviewer needs to judge it; `moved_on` says that the resident has
    written since the author read.
    """

    row: threads.ReplyRow
    case: Case | None
    thread: threads.Thread
    sent: OutboxMessage | None
    moved_on: bool
    mark: str


async def show(request: web.Request) -> web.Response:
    """The reply as it stands."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    found = await visit.read(lambda session: _load(session, visit, request))
    reply, own = found.row.reply, found.row.reply.author_id == visit.staff.id
    waits = reply.state == "awaiting"
    context = {
        "page": found,
        "reply": reply,
        "thread": found.thread,
        "case": found.case,
        "entered": entered,
        "may_review": waits and not own and may(visit.staff, Permission.APPROVE),
        "may_withdraw": waits and own,
        "own": own,
        "about": addresses.about(reply),
        "base": f"/console/replies/{reply.id}",
    }
    return render(request, "reply.html", context, status=status)


def _load(session: Session, visit: Visit, request: web.Request) -> ReplyPage:
    reply = one_in_path(session, request, finding.reply)
    resident = session.get_one(Resident, reply.resident_id)
    case = session.get(Case, reply.case_id) if reply.case_id else None
    thread = threads.load(session, visit.staff, resident, visit.now, case)
    return ReplyPage(
        row=threads.reply_rows(session, [reply])[0],
        case=case,
        thread=thread,
        sent=session.get(OutboxMessage, reply.outbox_id) if reply.outbox_id else None,
        moved_on=reply.state == "awaiting" and thread.newest != reply.base_inbound_id,
        mark=threads.mark(session, visit.staff, resident.id, reply.case_id),
    )


async def approve(request: web.Request) -> web.Response:
    """Sends the reply exactly as shown."""
    visit = visit_of(request)
    return await _decide(
        request,
        "approved",
        lambda session, reply, version: replies.approve(
            session, visit.staff, reply, version, visit.now, hours=visit.deps.hours
        ),
    )


async def reject(request: web.Request) -> web.Response:
    """Gives the reply back with the reason."""
    visit, form = visit_of(request), await read_form(request)
    note = form.get("note", "")
    return await _decide(
        request,
        "rejected",
        lambda session, reply, version: replies.reject(
            session, visit.staff, reply, version, note, visit.now
        ),
    )


async def withdraw(request: web.Request) -> web.Response:
    """Takes one's own reply back."""
    visit = visit_of(request)
    return await _decide(
        request,
        "withdrawn",
        lambda session, reply, version: replies.withdraw(
            session, visit.staff, reply, version, visit.now
        ),
    )


async def _decide(request: web.Request, done: str, decide: Decide) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    version = number_or_none(form.get("version"))

    def work(session: Session) -> Reply:
        reply = one_in_path(session, request, finding.reply)
        decide(session, reply, -1 if version is None else version)
        return reply

    try:
        reply = await visit.write(work)
    except replies.StaleReply as error:
        return stale(request, str(error), f"/console/replies/{number_in_path(request)}")
    except replies.BadReply as error:
        return await _refused(request, form, str(error))
    visit.deps.notify_outbox()
    return see(_after(reply, done), done)


async def _refused(request: web.Request, form: Mapping[str, str], message: str) -> web.Response:
    return await _page(request, Entered("review", form, {"note": message}), 422)


def _after(reply: Reply, done: str) -> str:
    """The reviewer sees the delivery of what was approved; the author is back at the thread."""
    if done == "withdrawn":
        return addresses.about(reply)
    return f"/console/replies/{reply.id}"
