"""The page of one topic: its process, stage and what is missing, and all that is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.hall import shared
from console.pages.hall.plan_form import choices_of
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import (
    ballot_reading,
    ballots,
    hall,
    hall_outcome,
    hall_reading,
    hall_seats,
    hall_stages,
    opinion_maps,
    place_names,
    questionnaires,
    statements,
)
from services.hall_conditions import duties
from services.hall_stages import NotYet, StaleTopic
from services.processes import Process, Stage
from services.question_forms import BadQuestions
from services.statements import Count
from storage.ballots import Ballot
from storage.communities import Community
from storage.hall import Attendance, Seat, Topic, TopicEvent, TopicTask
from storage.opinions import OpinionSnapshot, Statement
from storage.questionnaires import Questionnaire

Form: TypeAlias = Mapping[str, str]
Act: TypeAlias = Callable[[Session, Visit, Topic, Form], object]
REFUSALS = (
    NotYet,
    ballots.BadBallot,
    statements.NotTaken,
    BadQuestions,
)


@dataclass(frozen=True, slots=True)
class TopicPage:
    """Everything that the page of a topic shows."""

    topic: Topic
    community: Community
    process: Process
    stage: Stage
    place: str
    nexts: list[tuple[Stage, list[str]]]
    owed: list[str]
    events: list[TopicEvent]
    names: dict[int, str]
    seats: list[Seat]
    present: list[Attendance]
    ballots: list[tuple[Ballot, ballot_reading.Turnout]]
    statements: list[Statement]
    counts: dict[int, Count]
    snapshot: OpinionSnapshot | None
    sheets: list[tuple[Questionnaire, questionnaires.Report]]
    tasks: list[TopicTask]
    ratings: hall_outcome.Ratings


async def show(request: web.Request) -> web.Response:
    """The topic as it stands."""
    return await page(request, Entered())


async def page(
    request: web.Request, entered: Entered, *, notice: str = "", status: int = 200
) -> web.Response:
    """The page, with what was entered and what was wrong with it."""
    visit = visit_of(request)
    number = number_in_path(request)
    found = await visit.read(lambda session: _load(session, visit, number))
    context = {
        "page": found,
        "entered": entered,
        "notice": notice,
        "base": shared.topic_address(number),
        "states": hall.STATE_NAMES,
        "seat_states": hall_seats.SEAT_STATES,
        "ballot_states": ballots.STATE_NAMES,
        "audiences": questionnaires.AUDIENCES,
        "scores": hall_outcome.SCORES,
        "plan": choices_of(found.process, found.stage, visit.now),
    }
    return render(request, "hall/topic.html", context, status=status)


def _load(session: Session, visit: Visit, number: int) -> TopicPage:
    topic = shared.find_topic(session, visit, number)
    running = topic.state == "running"
    events = hall.events_of(session, topic)
    return TopicPage(
        topic=topic,
        community=session.get_one(Community, topic.community_id),
        process=hall.process_of(topic),
        stage=hall.stage_of(topic),
        place=place_names.name_of(session, topic.place_path),
        nexts=hall_stages.next_stages(session, topic) if running else [],
        owed=duties(session, topic) if running else [],
        events=events,
        names=hall_reading.staff_names(session, (event.staff_id for event in events)),
        seats=hall_seats.seats_of(session, topic),
        present=hall_seats.sheet(session, topic),
        ballots=[
            (b, ballot_reading.turnout(session, b))
            for b in ballot_reading.ballots_of(session, topic)
        ],
        statements=hall_reading.statements_of(session, topic),
        counts={one.statement.id: one for one in statements.counts_of(session, topic)},
        snapshot=opinion_maps.snapshot(session, topic),
        sheets=[
            (sheet, questionnaires.report(session, sheet))
            for sheet in questionnaires.sheets_of(session, topic)
        ],
        tasks=hall_outcome.tasks_of(session, topic),
        ratings=hall_outcome.ratings(session, topic),
    )


async def act(request: web.Request, name: str, work: Act, done: str = "saved") -> web.Response:
    """Does something with the topic; the form `name` comes back with what was wrong."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def on_topic(session: Session) -> None:
        work(session, visit, shared.find_topic(session, visit, number), form)

    try:
        await visit.write(on_topic)
    except StaleTopic as error:
        return await page(request, Entered(name, form), notice=str(error), status=409)
    except REFUSALS as error:
        return await page(request, Entered(name, form, {"form": str(error)}), status=422)
    visit.deps.notify_outbox()
    return see(shared.topic_address(number), done, anchor=name)


async def advance(request: web.Request) -> web.Response:
    """Moves on to the stage that was chosen."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        version = number_or_none(form.get("version")) or 0
        hall_stages.advance(session, visit.staff, topic, form.get("to", ""), version, visit.now)

    return await act(request, "stage", work, "stage")


async def record(request: web.Request) -> web.Response:
    """Writes the record of the stage."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        hall_stages.record(session, visit.staff, topic, form.get("text", ""), visit.now)

    return await act(request, "record", work)


async def publish(request: web.Request) -> web.Response:
    """Publishes what the stage owes."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        hall_stages.publish(session, visit.staff, topic, form.get("text", ""), visit.now)

    return await act(request, "publish", work, "published")


async def finish(request: web.Request) -> web.Response:
    """Closes the topic after its last stage."""

    def work(session: Session, visit: Visit, topic: Topic, _form: Form) -> None:
        hall_stages.finish(session, visit.staff, topic, visit.now)

    return await act(request, "finish", work, "topic-closed")


async def end(request: web.Request) -> web.Response:
    """Ends the topic early, with reasons that everybody may read."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        hall_stages.end(session, visit.staff, topic, form.get("reasons", ""), visit.now)

    return await act(request, "end", work, "topic-closed")
