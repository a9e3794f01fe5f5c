"""Hot topics of the week: what many raise at one place, with the cases, and the way to the hall."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import stale
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import hot_topics, place_names, scope
from services import staff as people
from storage.cases import Case
from storage.hot_topics import HotTopic

LIST = "/console/hot-topics"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with its place by name and how its heat moved: 新, 升, 降 or 平."""

    topic: HotTopic
    place: str
    community: str
    trend: str


async def show(request: web.Request) -> web.Response:
    """The newest lists of the communities in scope."""
    visit = visit_of(request)
    rows = await visit.read(lambda session: _rows(session, hot_topics.newest(session, visit.staff)))
    return render(request, "hot_topics.html", {"rows": rows})


def _rows(session: Session, topics: list[HotTopic]) -> list[TopicRow]:
    places = place_names.names_of(session, {topic.place_path for topic in topics})
    names = place_names.community_names(session)
    return [
        TopicRow(topic, places[topic.place_path], names[topic.community_id], trend_of(topic))
        for topic in topics
    ]


def trend_of(topic: HotTopic) -> str:
    """How the heat moved since the list before; a tenth up or down is no movement."""
    if topic.heat_before is None:
        return "新"
    ratio = topic.heat / topic.heat_before
    return "升" if ratio > 1.1 else "降" if ratio < 0.9 else "平"


async def refresh(request: web.Request) -> web.Response:
    """Works out this week's lists anew, now."""
    visit = visit_of(request)
    for community_id in await visit.read(lambda session: _communities(session, visit)):
        await _refresh_one(visit, community_id)
    return see(LIST, "listed")


async def _refresh_one(visit: Visit, community_id: int) -> None:
    """What is slow is worked out on a snapshot; only keeping it is a writing transaction."""
    found = await visit.read(lambda session: hot_topics.find(session, community_id, visit.now))

    def keep(session: Session) -> None:
        hot_topics.store(session, community_id, found, visit.now)

    await visit.write(keep)


def _communities(session: Session, visit: Visit) -> list[int]:
    """The communities that lie wholly in the visitor's scope."""
    return [community.id for community in scope.kept(session, visit.staff)]


async def show_one(request: web.Request) -> web.Response:
    """A topic with its cases."""
    visit = visit_of(request)

    def work(session: Session) -> dict[str, object]:
        topic = one_in_path(session, request, hot_topics.find_one)
        proposer = people.names(session, [topic.proposed_by] if topic.proposed_by else [])
        cases = hot_topics.cases_of(session, visit.staff, topic)
        return {
            "row": _rows(session, [topic])[0],
            "cases": _with_places(session, cases),
            "proposer": proposer.get(topic.proposed_by or 0, ""),
        }

    return render(request, "hot_topic.html", await visit.read(work))


def _with_places(session: Session, cases: list[Case]) -> list[tuple[Case, str]]:
    places = place_names.names_of(session, {case.place_path for case in cases})
    return [(case, places[case.place_path]) for case in cases]


async def propose(request: web.Request) -> web.Response:
    """One click makes it a proposal for the deliberation hall."""
    visit = visit_of(request)

    def work(session: Session) -> int:
        topic = one_in_path(session, request, hot_topics.find_one)
        hot_topics.make_topic(session, visit.staff, topic, visit.deps.hours, visit.now)
        return topic.id

    try:
        number = await visit.write(work)
    except hot_topics.AlreadyProposed as error:
        return stale(request, str(error), LIST)
    return see(f"{LIST}/{number}", "topic")
