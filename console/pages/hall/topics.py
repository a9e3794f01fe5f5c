"""The list of topics with their stages, and the form that opens one."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.hall import shared
from console.rendering import render
from console.visits import Visit, visit_of
from services import hall, hot_topics, place_names, process_keeping, proposals, scope
from services.hall import BadTopic, Draft
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
    """Every topic in one's scope, the newest first; `hot` fills the form from a hot topic."""
    visit, number = visit_of(request), number_or_none(request.query.get("hot"))
    if number is None:
        return await _page(request, Entered(), 200)
    told = await visit.read(lambda session: _told_by(session, visit, number))
    return await _page(request, Entered("add", told), 200)


def _told_by(session: Session, visit: Visit, number: int) -> dict[str, str]:
    """What the form of a new topic begins with where it comes from a hot topic."""
    topic = hot_topics.find_one(session, visit.staff, number)
    if topic is None or topic.state != "proposed":
        return {}
    place = place_names.names_of(session, {topic.place_path})[topic.place_path]
    text = f"最近有 {topic.size} 位居民反映{place}的同一类事：{topic.summary}。"
    scopes = place_names.scopes_in(session, visit.staff)
    at = next((one.code for one in scopes if one.path == topic.place_path), "")
    return {"title": topic.summary, "text": text, "place": at, "hot": str(topic.id)}


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
    communities = [shared.community_id_of(p) for p in scope.nodes(session, visit.staff)]
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
            _source(session, visit, form),
        )
        return hall.open_topic(session, visit.staff, draft, visit.now).id

    try:
        number = await visit.write(work)
    except BadTopic as error:
        return await _page(request, Entered("add", form, {"form": str(error)}), 422)
    return see(shared.topic_address(number), "added")


def _source(session: Session, visit: Visit, form: dict[str, str]) -> str:
    """What the topic came from; a hot topic is taken by it, once."""
    number = number_or_none(form.get("hot"))
    if number is None:
        return ""
    topic = hot_topics.find_one(session, visit.staff, number)
    if topic is None or topic.state != "proposed":
        raise BadTopic("这个热点已经立项了，或者不在您的范围内")
    hot_topics.take(session, topic, visit.staff, visit.now)
    return f"hot:{topic.id}"
