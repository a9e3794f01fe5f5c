"""The list of topics with their stages, and the form that opens one."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.hall import shared
from console.rendering import render
from console.visits import Visit, visit_of
from services import hall, place_names, process_keeping, proposals
from services.hall import BadTopic, Draft
from services.hall_reading import communities_for
from storage.communities import Place
from storage.hall import Topic


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as the list shows it."""

    topic: Topic
    process: str
    stage: str
    place: str


@dataclass(frozen=True, slots=True)
class TopicsPage:
    """The list, and what the form offers: places, and processes by key."""

    rows: list[TopicRow]
    places: list[Place]
    processes: dict[str, str]
    reached: int


async def show(request: web.Request) -> web.Response:
    """Every topic in one's scope, the newest first."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    state = request.query.get("state", "")
    wanted = state if state in hall.STATE_NAMES else ""
    page = await visit.read(lambda session: _load(session, visit, wanted))
    context = {"page": page, "entered": entered, "wanted": wanted, "states": hall.STATE_NAMES}
    return render(request, "hall/topics.html", context, status=status)


def _load(session: Session, visit: Visit, state: str) -> TopicsPage:
    topics = hall.topics_for(session, visit.staff, state=state)
    names = place_names.names_of(session, {topic.place_path for topic in topics})
    communities = [shared.community_id_of(p) for p in communities_for(session, visit.staff)]
    offered = [one for c in communities for one in process_keeping.all_current(session, c)]
    known = [one for c in communities for one in proposals.all_proposals(session, c)]
    scopes = place_names.scopes_in(session, visit.staff)
    return TopicsPage(
        rows=[_row(topic, names) for topic in topics],
        places=[place for place in scopes if place.community_id],
        processes={process.key: process.name for process in offered},
        reached=sum(one.state == "reached" for one in known),
    )


def _row(topic: Topic, names: dict[str, str]) -> TopicRow:
    process = hall.process_of(topic)
    stage = process.stage(topic.stage).name
    return TopicRow(topic, process.name, stage, names[topic.place_path])


async def add(request: web.Request) -> web.Response:
    """Opens a topic."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        scopes = place_names.scopes_in(session, visit.staff)
        place = next((one for one in scopes if one.code == form.get("place")), None)
        if place is None or place.community_id is None:
            raise BadTopic("请选这件事涉及的范围")
        draft = Draft(
            place.community_id,
            form.get("title", ""),
            form.get("text", ""),
            form.get("process", ""),
            place.path,
            tuple(form.get("seats", "").splitlines()),
        )
        return hall.open_topic(session, visit.staff, draft, visit.now).id

    try:
        number = await visit.write(work)
    except BadTopic as error:
        return await _page(request, Entered("add", form, {"form": str(error)}), 422)
    return see(shared.topic_address(number), "added")
