"""The register: homes with their areas, how many own and live in them; import and binding."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.hall import shared
from console.rendering import render
from console.visits import Visit, visit_of
from services import finding, hall_reading, register, register_files, result_words, scope
from services.electorates import CM2
from services.register import BadRegister

ADDRESS = f"{shared.ADDRESS}/register"
SHOWN = 300


async def show(request: web.Request) -> web.Response:
    """The register of one community."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    code = request.query.get("community", "")
    context = await visit.read(lambda session: _load(session, visit, code))
    common = {"entered": entered, "columns": register_files.HOMES, "people": register_files.PEOPLE}
    return render(request, "hall/register.html", context | common, status=status)


def _load(session: Session, visit: Visit, code: str) -> dict[str, object]:
    place = shared.find_community(session, visit, code)
    community = shared.community_id_of(place)
    homes = register.homes_for(session, visit.staff, community)
    return {
        "place": place,
        "places": scope.nodes(session, visit.staff),
        "homes": homes[:SHOWN],
        "number": len(homes),
        "ties": hall_reading.ties_of(session, homes[:SHOWN]),
        "size": register.size(session, community),
        "square_metres": lambda area: result_words.square_metres(area * CM2),
        "total": result_words.square_metres(sum(home.area for home in homes) * CM2),
    }


async def take_in(request: web.Request) -> web.Response:
    """Imports a table of homes or of people."""
    visit, form = visit_of(request), await read_form(request)
    file = (await request.post()).get("file")
    data = file.file.read() if isinstance(file, web.FileField) else b""

    def work(session: Session) -> None:
        community = shared.find_community_id(session, visit, form.get("community", ""))
        if not data:
            raise BadRegister("请选一个文件")
        register_files.import_file(session, visit.staff, community, data, visit.now)

    try:
        await visit.write(work)
    except BadRegister as error:
        return await _page(request, Entered("import", form, {"file": str(error)}), 422)
    return see(f"{ADDRESS}?community={form.get('community', '')}", "imported")


async def bind(request: web.Request) -> web.Response:
    """Notes which account is somebody's in the register."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        community = shared.find_community_id(session, visit, form.get("community", ""))
        person = register.person_by_code(session, community, form.get("person", "").strip())
        number = number_or_none(form.get("resident"))
        resident = finding.resident(session, visit.staff, number) if number else None
        if person is None or resident is None:
            raise BadRegister("名册编号或居民编号不对")
        register.bind(session, visit.staff, person, resident, visit.now)

    try:
        await visit.write(work)
    except BadRegister as error:
        return await _page(request, Entered("bind", form, {"form": str(error)}), 422)
    return see(f"{ADDRESS}?community={form.get('community', '')}", "saved")
