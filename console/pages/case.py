"""The page of a case: the conversation on one side, the matter on the other."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import case as address
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.live import LIVE
from console.pages import threads as shared
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import case_work, cases, desk_rows, finding, place_names, replies, threads
from services import staff as people
from services.access import Permission, may
from services.case_states import (
    Actor,
    IllegalMove,
    Outcome,
    State,
    next_states,
)
from storage.cases import Case, CaseEvent
from storage.messages import Media
from storage.residents import Resident
from storage.staff import Staff

MATTERS = ("问事", "说事", "办事", "议事", "评事", "督事")
"""网格六事: 党员问事、群众说事、及时办事、民主议事、定期评事、追踪督事."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything on the page, read in one transaction."""

    case: Case
    place: str
    responsible: str
    events: list[CaseEvent]
    actors: dict[int, str]
    names: dict[int, str]
    moves: list[State]
    candidates: list[Staff]
    row: desk_rows.QueueRow | None
    thread: threads.Thread | None
    pictures: list[Media]
    mark: str


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
        "matters": MATTERS,
        "groups": visit.catalogue.grouped(),
        "canned": canned,
        "canned_text": shared.chosen(request, canned),
        "base": address(found.case.id),
    }
    return render(request, "case.html", context, status=status)


def page_key(found: CasePage) -> str:
    """Under which name the people looking at this page are counted."""
    resident = found.case.resident_id
    return f"resident:{resident}" if resident else f"case:{found.case.id}"


def load(session: Session, visit: Visit, case_id: int) -> CasePage:
    """Reads the page of a case in sight; 404 otherwise."""
    staff = visit.staff
    case = shared.find_case(session, visit, case_id)
    resident = session.get(Resident, case.resident_id) if case.resident_id else None
    events = cases.events_of(session, case)
    responsible = cases.responsible_of(session, case)
    item = finding.item_of(session, staff, cases.source_of(case))
    waiting = [item] if item is not None and item.state == "open" else []
    handles = may(staff, Permission.HANDLE)
    return CasePage(
        case=case,
        place=place_names.name_of(session, case.place_path),
        responsible=responsible.name if responsible else "",
        events=events,
        actors=threads.actor_names(session, events),
        names=people.names(session, [n for e in events for n in _people_in(e)]),
        moves=next_states(State(case.state), Actor.STAFF) if handles else [],
        candidates=case_work.candidates(session, case) if handles else [],
        row=next(iter(desk_rows.rows(session, waiting, visit.now)), None),
        thread=threads.load(session, staff, resident, visit.now, case) if resident else None,
        pictures=case_work.pictures(session, case),
        mark=threads.mark(session, staff, case.resident_id, case.id),
    )


def _people_in(event: CaseEvent) -> list[int]:
    return [value for value in (event.detail or {}).values() if isinstance(value, int)]


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
        case_work.move(session, visit.staff, case, wish, State(form["seen"]), visit.now)

    try:
        await visit.write(work)
    except case_work.StaleCase as error:
        return await page(request, Entered("move", form), notice=str(error), status=409)
    except (IllegalMove, cases.ReasonMissing, case_work.BadInput) as error:
        return await page(request, Entered("move", form, {_field(error): str(error)}), status=422)
    visit.deps.notify_outbox()
    return see(address(number_in_path(request)), "moved")


def _field(error: Exception) -> str:
    if isinstance(error, case_work.BadInput):
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
        case_work.reassign(session, visit.staff, case, wanted, visit.now)

    try:
        await visit.write(work)
    except case_work.BadInput as error:
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
    except case_work.BadInput as error:
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
