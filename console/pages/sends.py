"""A message that did not arrive, or may not have: send again, or settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import QUEUE
from console.done import see
from console.errors import stale
from console.forms import Entered, read_form
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import failed_sends, finding, threads
from services.access import Permission, may
from storage.messages import OutboxMessage
from storage.residents import Resident


async def show(request: web.Request) -> web.Response:
    """The message, its error, and the conversation it belongs to."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    message, thread = await visit.read(lambda session: _load(session, visit, request))
    undecided = message.state in failed_sends.UNDECIDED
    context = {
        "message": message,
        "thread": thread,
        "entered": entered,
        "may_decide": undecided and may(visit.staff, Permission.HANDLE),
        "base": f"/console/sends/{message.id}",
    }
    return render(request, "send.html", context, status=status)


def _load(
    session: Session, visit: Visit, request: web.Request
) -> tuple[OutboxMessage, threads.Thread]:
    message = one_in_path(session, request, finding.outbox_message)
    resident = session.get_one(Resident, message.resident_id)
    case = finding.case_of_send(session, visit.staff, message)
    return message, threads.load(session, visit.staff, resident, visit.now, case)


async def resend(request: web.Request) -> web.Response:
    """Sends the message once more."""
    visit = visit_of(request)
    return await _decide(
        request,
        "resent",
        {},
        lambda session, message: failed_sends.resend(session, visit.staff, message, visit.now),
    )


async def settle(request: web.Request) -> web.Response:
    """Closes the matter: the resident was reached in another way."""
    visit, form = visit_of(request), await read_form(request)
    note = form.get("note", "")
    return await _decide(
        request,
        "settled",
        form,
        lambda session, message: failed_sends.settle(
            session, visit.staff, message, note, visit.now
        ),
    )


async def _decide(
    request: web.Request,
    done: str,
    form: Mapping[str, str],
    decide: Callable[[Session, OutboxMessage], None],
) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> None:
        decide(session, one_in_path(session, request, finding.outbox_message))

    try:
        await visit.write(work)
    except failed_sends.AlreadyDecided as error:
        return stale(request, str(error), f"/console/sends/{number_in_path(request)}")
    except failed_sends.NoteMissing as error:
        return await _page(request, Entered("settle", form, {"note": str(error)}), 422)
    visit.deps.notify_outbox()
    return see(QUEUE, done)
