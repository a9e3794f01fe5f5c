"""What stands between us and the system of the city (市级对接): sent, waiting, stuck."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.rendering import render
from console.visits import Visit, visit_of
from services import audit, city_events, scope
from storage.city import CityEvent
from storage.communities import Place

ADDRESS = "/console/city"
STATE_NAMES = {
    "ready": "等待发送",
    "sending": "正在发送",
    "sent": "对方已收到",
    "dead": "多次没发出去",
    "void": "已转为不公开，不发",
}


async def show(request: web.Request) -> web.Response:
    """How many events stand where, and what is stuck."""
    visit = visit_of(request)
    counts, stuck = await visit.read(lambda session: _load(session, visit))
    context = {"counts": counts, "stuck": stuck, "states": STATE_NAMES, "address": ADDRESS}
    return render(request, "city.html", context)


def _load(session: Session, visit: Visit) -> tuple[dict[str, int], list[tuple[CityEvent, str]]]:
    ids = [one.id for one in scope.kept(session, visit.staff, Place.path)]
    return city_events.counts(session, ids), city_events.stuck(session, ids)


async def again(request: web.Request) -> web.Response:
    """Sends what is stuck once more."""
    visit = visit_of(request)

    def work(session: Session) -> None:
        for community in scope.kept(session, visit.staff, Place.path):
            count = city_events.try_again(session, community.id, visit.now)
            if count:
                after = {"community": community.code, "count": count}
                audit.record(session, visit.now, visit.staff, "city.again", after=after)

    await visit.write(work)
    visit.deps.notify_outbox()
    return see(ADDRESS, "again")
