"""The hardship lane: applications by deadline, and one with its course and its referrals."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import aid as lane
from services import organisations, referrals
from services import staff as people
from services.residents import display_name, mask_phone
from storage.aid import AidRequest
from storage.residents import Resident

ADDRESS = "/console/aid"


async def show(request: web.Request) -> web.Response:
    """What is open, or what was closed."""
    visit, is_open = visit_of(request), request.query.get("closed") != "1"
    rows = await visit.read(lambda s: lane.listed(s, visit.staff, open_only=is_open))
    context = {
        "rows": rows,
        "is_open": is_open,
        "kinds": lane.KIND_NAMES,
        "whom": lane.WHOM_NAMES,
        "states": lane.STATE_NAMES,
    }
    return render(request, "aid_list.html", context)


async def show_one(request: web.Request) -> web.Response:
    """One application."""
    return await _one(request, Entered(), 200)


async def _one(
    request: web.Request, entered: Entered, status: int, phone: str = ""
) -> web.Response:
    visit = visit_of(request)
    context = await visit.read(lambda s: _load(s, visit, request))
    more = {
        "kinds": lane.KIND_NAMES,
        "whom": lane.WHOM_NAMES,
        "states": lane.STATE_NAMES,
        "steps": lane.STEP_NAMES,
        "referral_states": referrals.STATE_NAMES,
        "entered": entered,
        "phone": phone,
        "base": f"{ADDRESS}/{number_in_path(request)}",
    }
    return render(request, "aid.html", context | more, status=status)


DEEDS = Deeds(ADDRESS, lane.find, _one, (lane.BadAid,), "words")


def _load(session: Session, visit: Visit, request: web.Request) -> dict[str, Any]:
    found = one_in_path(session, request, lane.find)
    course = lane.steps_of(session, found)
    sent = referrals.of_aid(session, found)
    ids = {step.staff_id for step in course} | {found.responsible_id}
    return {
        "one": found,
        "course": course,
        "referrals": sent,
        "partners": organisations.listed(session, visit.staff, active_only=True),
        "firms": {
            r.organisation_id: organisations.name_of(session, r.organisation_id) for r in sent
        },
        "names": people.names(session, [number for number in ids if number]),
        "applicant": display_name(session.get_one(Resident, found.resident_id)),
        "masked": mask_phone(found.phone) if found.phone else "",
    }


async def take(request: web.Request) -> web.Response:
    """Becomes responsible."""

    def act(session: Session, visit: Visit, found: AidRequest, _form: Form) -> None:
        lane.take(session, visit.staff, found, visit.deps.hours, visit.now)

    return await DEEDS.do(request, "take", act, "taken-over")


async def note(request: web.Request) -> web.Response:
    """Keeps a step of the work."""

    def act(session: Session, visit: Visit, found: AidRequest, form: Form) -> None:
        written = lane.Note(form.get("words", ""), told=form.get("told") == "1")
        lane.follow_up(session, visit.staff, found, written, visit.deps.hours, visit.now)

    return await DEEDS.do(request, "note", act)


async def refer(request: web.Request) -> web.Response:
    """Asks the applicant to agree to a referral."""

    def act(session: Session, visit: Visit, found: AidRequest, form: Form) -> None:
        new = referrals.NewReferral(form.get("words", ""), with_phone=form.get("with_phone") == "1")
        number = number_or_none(form.get("organisation")) or 0
        partner = organisations.find(session, visit.staff, number)
        referrals.refer(session, visit.staff, found, partner, new, visit.now)

    return await DEEDS.do(request, "refer", act, "consent-asked")


async def close(request: web.Request) -> web.Response:
    """Ends the application with words for the applicant."""

    def act(session: Session, visit: Visit, found: AidRequest, form: Form) -> None:
        granted = form.get("granted") == "1"
        lane.close(session, visit.staff, found, form.get("words", ""), granted, visit.now)

    return await DEEDS.do(request, "close", act, "told")


async def unmask(request: web.Request) -> web.Response:
    """Shows the phone, with the reason in the audit."""
    visit, form = visit_of(request), await read_form(request)
    reason = form.get("reason", "")

    def work(session: Session) -> str:
        found = one_in_path(session, request, lane.find)
        return lane.phone_of(session, visit.staff, found, reason, visit.now)

    try:
        phone = await visit.write(work)
    except lane.BadAid as error:
        return await _one(request, Entered("unmask", form, {"reason": str(error)}), 422)
    return await _one(request, Entered(), 200, phone)
