"""新建事项: what staff come upon (问事), or what a resident tells them, with pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from aiohttp.web_request import FileField
from sqlalchemy.orm import Session

from console import addresses
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, or_404, visit_of
from services import finding, staff_cases, uploads
from services.pictures import BadImage, clean_image
from services.place_names import names_of
from services.places import places_in
from services.residents import display_name
from services.staff_cases import FOR_RESIDENTS, ORIGIN_NAMES, BadCase
from services.uploads import MOST_PICTURES, Upload
from storage.communities import Place
from storage.residents import Resident

ADDRESS = "/console/new-case"


@dataclass(frozen=True, slots=True)
class NewCasePage:
    """The places to choose from, and the resident on whose behalf, if any."""

    places: list[Place]
    names: dict[str, str]
    resident: Resident | None


async def show(request: web.Request) -> web.Response:
    """The empty form; with a resident where one came from their page."""
    return await _page(request, Entered(), number_or_none(request.query.get("resident")), 200)


async def _page(
    request: web.Request, entered: Entered, resident_id: int | None, status: int
) -> web.Response:
    visit = visit_of(request)
    found = await visit.read(lambda session: _load(session, visit, resident_id))
    origins = {
        key: name
        for key, name in ORIGIN_NAMES.items()
        if found.resident is None or key in FOR_RESIDENTS
    }
    context = {
        "page": found,
        "entered": entered,
        "origins": origins,
        "groups": visit.catalogue.grouped(),
        "resident_name": display_name(found.resident) if found.resident else "",
        "most": MOST_PICTURES,
        "address": ADDRESS,
    }
    return render(request, "new_case.html", context, status=status)


def _load(session: Session, visit: Visit, resident_id: int | None) -> NewCasePage:
    resident = _resident(session, visit, resident_id)
    places = [
        place
        for place in places_in(session, visit.staff)
        if resident is None or place.community_id == resident.community_id
    ]
    return NewCasePage(places, names_of(session, [place.path for place in places]), resident)


def _resident(session: Session, visit: Visit, resident_id: int | None) -> Resident | None:
    if resident_id is None:
        return None
    return or_404(finding.resident(session, visit.staff, resident_id))


async def add(request: web.Request) -> web.Response:
    """Opens the case; whoever may not see it then is back at the queue."""
    visit, form = visit_of(request), await read_form(request)
    resident_id = number_or_none(form.get("resident"))
    try:
        pictures = await asyncio.to_thread(_pictures, await _files(request))
        number, seen = await visit.write(
            lambda session: _open(session, visit, form, resident_id, pictures)
        )
    except BadCase as error:
        return await _page(
            request, Entered("new", form, {error.field: str(error)}), resident_id, 422
        )
    visit.deps.notify_outbox()
    return see(addresses.case(number) if seen else addresses.QUEUE, "opened")


def _open(
    session: Session,
    visit: Visit,
    form: Mapping[str, str],
    resident_id: int | None,
    pictures: list[Upload],
) -> tuple[int, bool]:
    resident = _resident(session, visit, resident_id)
    place = session.get(Place, number_or_none(form.get("place")) or 0)
    community = place.community_id if place else None
    catalogue = visit.deps.catalogues(session, community) if community else visit.catalogue
    entered = staff_cases.Entered(
        origin=form.get("origin", ""),
        category=form.get("category", ""),
        description=form.get("description", ""),
        place_id=place.id if place else None,
        spot=form.get("spot", ""),
        phone=form.get("phone", ""),
        agreed=form.get("agreed") == "1",
        urgent=form.get("urgent") == "1",
        uploads=pictures,
    )
    case = staff_cases.open_case(
        session, visit.staff, entered, resident, catalogue, visit.deps.hours, visit.now
    )
    for upload in pictures:
        uploads.keep_file(visit.deps.media_dir, upload)
    session.flush()
    return case.id, finding.case(session, visit.staff, case.id) is not None


async def _files(request: web.Request) -> list[bytes]:
    form = await request.post()
    fields = [one for one in form.getall("photos", []) if isinstance(one, FileField)]
    return [data for one in fields if (data := _read(one))]


def _read(field: FileField) -> bytes:
    with field.file as opened:
        return opened.read()


def _pictures(files: list[bytes]) -> list[Upload]:
    if len(files) > MOST_PICTURES:
        raise BadCase("photos", f"最多 {MOST_PICTURES} 张照片")
    try:
        return [uploads.prepared(clean_image(data)) for data in files]
    except BadImage as error:
        raise BadCase("photos", str(error)) from error
