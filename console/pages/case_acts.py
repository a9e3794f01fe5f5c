"""What is done rarely with a case: merged, split, made confidential, mediated, ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import QUEUE
from console.addresses import case as address
from console.done import see
from console.forms import day_or_none, number_or_none, read_form
from console.pages import threads as shared
from console.pages.case import page
from console.pages.thread_page import wrong
from console.visits import Visit, number_in_path, visit_of
from intents.tickets import parse_ticket
from services import case_merging, case_summary, cases, confiding, desk_terms, finding, supervision
from services.calendar import CHINA
from services.case_states import IllegalMove
from services.case_words import BadInput
from storage.cases import Case

Form = Mapping[str, str]
Work = Callable[[Session, Visit, Case, Form], None]


async def _do(request: web.Request, name: str, field: str, work: Work) -> web.Response | None:
    """Does something with the case; None where it was done, else the page with what was wrong."""
    visit, form = visit_of(request), await read_form(request)

    def in_sight(session: Session) -> None:
        work(session, visit, shared.find_case(session, visit, number_in_path(request)), form)

    try:
        await visit.write(in_sight)
    except (BadInput, IllegalMove, cases.ReasonMissing) as error:
        return await page(request, wrong(name, form, {field: str(error)}))
    visit.deps.notify_outbox()
    return None


async def merge(request: web.Request) -> web.Response:
    """Merges the case into another one, named by its number."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        primary = _by_number(session, visit, case, form.get("number", ""))
        case_merging.merge(
            session,
            visit.staff,
            case,
            primary,
            form.get("reason", ""),
            visit.now,
            hours=visit.deps.hours,
        )

    wrong = await _do(request, "merge", "number", work)
    return wrong or see(address(number_in_path(request)), "merged")


def _by_number(session: Session, visit: Visit, case: Case, written: str) -> Case:
    number = parse_ticket(written) or number_or_none(written.strip())
    found = cases.by_number(session, case.community_id, number) if number else None
    if found is None or finding.case(session, visit.staff, found.id) is None:
        raise BadInput("没有查到这个编号")
    return found


async def split(request: web.Request) -> web.Response:
    """Opens a case of its own for a second matter."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        catalogue = visit.catalogue
        code = form.get("category", "") or case.category
        new = case_merging.SplitOff(form.get("text", ""), code, catalogue.sla(code))
        case_merging.split(session, visit.staff, case, new, visit.deps.hours, visit.now)

    wrong = await _do(request, "split", "text", work)
    return wrong or see(address(number_in_path(request)), "split")


async def confide(request: web.Request) -> web.Response:
    """Changes who may see the case; whoever may not any more is led back to the queue."""
    visit = visit_of(request)

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        kind, reason = form.get("kind", ""), form.get("reason", "")
        confiding.set_kind(session, visit.staff, case, kind, reason, visit.now)

    wrong = await _do(request, "confide", "reason", work)
    if wrong is not None:
        return wrong
    number = number_in_path(request)
    still = await visit.read(lambda session: finding.case(session, visit.staff, number))
    return see(address(number) if still else QUEUE, "confided")


async def mediator(request: web.Request) -> web.Response:
    """Assigns a mediator."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        person = number_or_none(form.get("person"))
        confiding.add_mediator(session, visit.staff, case, person, visit.now)

    wrong = await _do(request, "mediator", "person", work)
    return wrong or see(address(number_in_path(request)), "mediator")


async def supervise(request: web.Request) -> web.Response:
    """Orders that the case be dealt with by the end of a working day."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        hours = desk_terms.hours_of(session, case.community_id, visit.deps.hours)
        due = _end_of(form.get("day"), hours.closes)
        words = form.get("instruction", "")
        supervision.order(session, visit.staff, case, words, due, visit.now)

    wrong = await _do(request, "supervise", "instruction", work)
    return wrong or see(address(number_in_path(request)), "supervised")


def _end_of(written: str | None, closes: time) -> datetime:
    day = day_or_none(written)
    if day is None:
        raise BadInput("请选督办期限")
    return datetime.combine(day, closes, CHINA).astimezone(UTC)


async def answer(request: web.Request) -> web.Response:
    """Reports back to the supervisor."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        supervision.answer(session, visit.staff, case, form.get("answer", ""), visit.now)

    wrong = await _do(request, "answer", "answer", work)
    return wrong or see(address(number_in_path(request)), "answered")


async def summarise(request: web.Request) -> web.Response:
    """Puts a public summary before the moderation."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        words, hours = form.get("text", ""), visit.deps.hours
        case_summary.propose(session, visit.staff, case, words, hours, visit.now)

    wrong = await _do(request, "summary", "text", work)
    return wrong or see(address(number_in_path(request)), "submitted")


async def take_summary_back(request: web.Request) -> web.Response:
    """Takes the public summary off the public page."""

    def work(session: Session, visit: Visit, case: Case, form: Form) -> None:
        case_summary.take_back(session, visit.staff, case, form.get("reason", ""), visit.now)

    wrong = await _do(request, "summary-off", "reason", work)
    return wrong or see(address(number_in_path(request)), "retired")
