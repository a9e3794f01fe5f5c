"""The page of a case: the conversation on one side, the matter on the other."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import case as address
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.live import LIVE
from console.pages import threads as shared
from console.pages.case_load import MATTERS, load, page_key
from console.rendering import render
from console.visits import number_in_path, visit_of
from services import case_work, cases, replies
from services.case_states import (
    IllegalMove,
    Outcome,
    State,
)
from services.case_words import BadInput
from services.confidence import Confidence
from storage.residents import Resident


async def show(request: web.Request) -> web.Response:
    """The case as it stands."""
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
    found = await visit.read(lambda session: load(session, visit, number_in_path(request)))
    key = page_key(found)
    resident = found.thread.resident if found.thread else None
    canned = shared.canned_for(visit, resident, found.case) if resident else []
    context = {
        "page": found,
        "case": found.case,
        "thread": found.thread,
        "entered": entered,
        "notice": notice,
        "unmasked": unmasked,
        "others": request.app[LIVE].others(key, visit.staff.name),
        "outcomes": list(Outcome),
        "confidences": list(Confidence),
        "matters": MATTERS,
        "groups": visit.catalogue.grouped(),
        "canned": canned,
        "canned_text": shared.chosen(request, canned),
        "base": address(found.case.id),
    }
    return render(request, "case.html", context, status=status)


async def move(request: web.Request) -> web.Response:
    """Brings the case into another state and tells the resident."""
    visit, form = visit_of(request), await read_form(request)
    if form.get("to") not in set(State) or form.get("seen") not in set(State):
        return await page(request, Entered("move", form, {"to": "请选要改成的状态"}), status=422)
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
        return await page(request, Entered("move", form), notice=str(error), status=409)
    except (IllegalMove, cases.ReasonMissing, BadInput) as error:
        return await page(request, Entered("move", form, {_field(error): str(error)}), status=422)
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
        entered = Entered("assign", form, {"responsible": str(error)})
        return await page(request, entered, status=422)
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
        return await page(request, Entered("note", form, {"text": str(error)}), status=422)
    return see(address(number_in_path(request)), "noted", anchor="timeline")


async def reply(request: web.Request) -> web.Response:
    """Hands in a reply; one written against an older state comes back with the newer shown."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        case = shared.find_case(session, visit, number_in_path(request))
        if case.resident_id is None:
            raise web.HTTPBadRequest(text="这件事没有居民可以回复")
        resident = session.get_one(Resident, case.resident_id)
        shared.submit_reply(session, visit, resident, case, form)

    try:
        await visit.write(work)
    except replies.StaleReply as error:
        return await page(request, Entered("reply", form), notice=str(error), status=409)
    except replies.BadReply as error:
        return await page(request, Entered("reply", form, {"text": str(error)}), status=422)
    visit.deps.notify_outbox()
    done = "sent" if visit.deps.approval == "never" else "proposed"
    return see(address(number_in_path(request)), done, anchor="newest")


async def unmask(request: web.Request) -> web.Response:
    """Shows name and phone once, with the reason in the audit."""
    visit, form = visit_of(request), await read_form(request)
    reason = form.get("reason", "").strip()
    if not reason:
        entered = Entered("unmask", form, {"reason": "请写明为什么要看"})
        return await page(request, entered, status=422)

    def work(session: Session) -> shared.Unmasked:
        case = shared.find_case(session, visit, number_in_path(request))
        resident = session.get(Resident, case.resident_id) if case.resident_id else None
        return shared.unmask(session, visit, resident, case, reason)

    return await page(request, Entered(), unmasked=await visit.write(work))
