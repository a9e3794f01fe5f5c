"""Proposals of residents: their state and support, and making a topic of one."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.hall import shared
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import hall, process_keeping, proposals, scope
from storage.opinions import Proposal


async def show(request: web.Request) -> web.Response:
    """Every proposal of the communities in one's scope."""
    visit = visit_of(request)
    rows = await visit.read(lambda session: _rows(session, visit))
    context = {"rows": rows, "states": proposals.STATE_NAMES}
    return render(request, "hall/proposals.html", context)


def _rows(session: Session, visit: Visit) -> list[tuple[Proposal, int]]:
    communities = [shared.community_id_of(p) for p in scope.nodes(session, visit.staff)]
    found = [one for c in communities for one in proposals.all_proposals(session, c)]
    return [(one, proposals.supporters(session, one)) for one in found]


async def show_one(request: web.Request) -> web.Response:
    """One proposal."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    number = number_in_path(request)

    def work(session: Session) -> dict[str, object]:
        proposal = shared.find_proposal(session, visit, number)
        offered = process_keeping.all_current(session, proposal.community_id)
        return {
            "proposal": proposal,
            "supporters": proposals.supporters(session, proposal),
            "processes": [(process.key, process.name) for process in offered],
        }

    context = await visit.read(work)
    common = {"entered": entered, "states": proposals.STATE_NAMES}
    return render(request, "hall/proposal.html", context | common, status=status)


async def adopt(request: web.Request) -> web.Response:
    """Makes a topic of the proposal."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def work(session: Session) -> int:
        proposal = shared.find_proposal(session, visit, number)
        process = form.get("process", "")
        return proposals.adopt(session, visit.staff, proposal, process, visit.now).id

    try:
        topic = await visit.write(work)
    except (proposals.NotNow, hall.BadTopic) as error:
        return await _one(request, Entered("adopt", form, {"form": str(error)}), 422)
    visit.deps.notify_outbox()
    return see(shared.topic_address(topic), "added")
