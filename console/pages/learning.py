"""What staff teach the program: the right category of a case, the right intent of a message."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console import addresses
from console.done import own_path, see
from console.errors import refused
from console.forms import read_form
from console.pages import case as case_page
from console.pages import threads as shared
from console.pages.thread_page import wrong
from console.visits import number_in_path, or_404, visit_of
from services import corrections, finding
from services.intent_names import INTENT_NAMES


async def set_category(request: web.Request) -> web.Response:
    """Sets the category of a case; who may not see it any more is back at the queue."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> bool:
        case = shared.find_case(session, visit, number_in_path(request))
        code, catalogue = form.get("category", ""), visit.catalogue
        corrections.correct_category(session, visit.staff, case, code, catalogue, visit.now)
        session.flush()
        return finding.case(session, visit.staff, case.id) is not None

    try:
        seen = await visit.write(work)
    except corrections.BadCorrection as error:
        return await case_page.page(request, wrong("category", form, {"category": str(error)}))
    return see(addresses.case(number_in_path(request)) if seen else addresses.QUEUE, "learnt")


async def set_intent(request: web.Request) -> web.Response:
    """Sets what a message wanted, and goes back to where it was read."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def work(session: Session) -> int | None:
        message = or_404(finding.inbound_message(session, visit.staff, number))
        label = form.get("intent", "")
        corrections.correct_intent(session, visit.staff, message, label, INTENT_NAMES, visit.now)
        return message.resident_id

    back = own_path(form.get("back", ""), addresses.QUEUE)
    try:
        await visit.write(work)
    except corrections.BadCorrection as error:
        return refused(request, str(error), back)
    return see(back, "learnt", anchor=f"said-{number}")
