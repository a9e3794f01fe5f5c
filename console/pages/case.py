"""The page of a case: the conversation on one side, the matter on the other."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import case as address
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages import thread_page
from console.pages import threads as shared
from console.pages.case_load import MATTERS, load, page_key
from console.pages.thread_page import About, Shown, wrong
from console.visits import Visit, number_in_path, visit_of
from services import case_work, cases
from services.case_states import (
    IllegalMove,
    Outcome,
    State,
)
from services.case_words import BadInput
from services.confidence import Confidence
from storage.cases import Case
from storage.residents import Resident


async def show(request: web.Request) -> web.Response:
    """The case as it stands."""
    return await page(request, Shown())


async def page(request: web.Request, shown: Shown) -> web.Response:
    """The page, with what was entered and what was wrong with it."""
    visit = visit_of(request)
    found = await visit.read(lambda session: load(session, visit, number_in_path(request)))
    resident = found.thread.resident if found.thread else None
    about = About(resident, found.case, page_key(found), address(found.case.id))
    own = {
        "page": found,
        "case": found.case,
        "thread": found.thread,
        "outcomes": list(Outcome),
        "confidences": list(Confidence),
        "matters": MATTERS,
        "groups": visit.catalogue.grouped(),
    }
    return thread_page.draw(request, "case.html", about, shown, own)


async def move(request: web.Request) -> web.Response:
    """Brings the case into another state and tells the resident."""
    visit, form = visit_of(request), await read_form(request)
    if form.get("to") not in set(State) or form.get("seen") not in set(State):
        return await page(request, wrong("move", form, {"to": "请选要改成的状态"}))
    outcome = form.get("outcome", "")
    wish = cases.Move(
        to=State(form["to"]),
        reason=form.get("reason", "").strip(),
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        responsible_id=number_or_none(form.get("responsible"))
        if form["to"] == State.ASSIGNED
        else None,
    )

    def work(session: Session) -> None:
        case = shared.find_case(session, visit, number_in_path(request))
        seen, hours = State(form["seen"]), visit.deps.hours
        case_work.move(session, visit.staff, case, wish, seen, visit.now, hours=hours)

    try:
        await visit.write(work)
    except case_work.StaleCase as error:
        return await page(request, Shown(Entered("move", form), notice=str(error), status=409))
    except (IllegalMove, cases.ReasonMissing, BadInput) as error:
        return await page(request, wrong("move", form, {_field(error): str(error)}))
    visit.deps.notify_outbox()
    return see(address(number_in_path(request)), "moved")


def _field(error: Exception) -> str:
    if isinstance(error, BadInput):
        return "responsible"
    if isinstance(error, IllegalMove):
        return "to"
    return "outcome" if "结果" in str(error) else "reason"


async def assign(request: web.Request) -> web.Response:
    """Names another person responsible."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        case = shared.find_case(session, visit, number_in_path(request))
        wanted = number_or_none(form.get("responsible"))
        reason = form.get("reason", "")
        case_work.reassign(session, visit.staff, case, wanted, visit.now, reason)

    try:
        await visit.write(work)
    except BadInput as error:
        return await page(request, wrong("assign", form, {"responsible": str(error)}))
    return see(address(number_in_path(request)), "reassigned")


async def note(request: web.Request) -> web.Response:
    """Adds an internal note."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        case = shared.find_case(session, visit, number_in_path(request))
        case_work.note(session, visit.staff, case, form.get("text", ""), visit.now)

    try:
        await visit.write(work)
    except BadInput as error:
        return await page(request, wrong("note", form, {"text": str(error)}))
    return see(address(number_in_path(request)), "noted", anchor="timeline")


async def reply(request: web.Request) -> web.Response:
    """Hands in a reply; one written against an older state comes back with the newer shown."""
    number = number_in_path(request)
    return await thread_page.reply(request, page, address(number), _with_resident(number))


async def unmask(request: web.Request) -> web.Response:
    """Shows name and phone once, with the reason in the audit."""
    return await thread_page.unmask(request, page, _with_resident(number_in_path(request)))


def _with_resident(number: int) -> thread_page.Find:
    def find(session: Session, visit: Visit) -> tuple[Resident | None, Case | None]:
        case = shared.find_case(session, visit, number)
        return session.get(Resident, case.resident_id) if case.resident_id else None, case

    return find
