"""Topics of the deliberation hall (议事厅): opened by staff, found by everybody.

A topic follows a process (`services/processes.py`) in the version of the day it was opened.
Its stages are in `services/hall_stages.py`, seats in `hall_seats`, the decision and what comes
after it in `hall_outcome`, votes in `ballots` and `voting`, opinions in `statements`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require, visible_to
from services.places import community_path
from services.process_keeping import current
from services.processes import Process, Stage, read_process
from storage.hall import Seat, Topic, TopicEvent
from storage.staff import Staff

STATE_NAMES = {"running": "进行中", "done": "已办结", "ended": "已终止"}


class BadTopic(Exception):
    """The topic cannot be opened so; the message says why, in the staff's language."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a topic is opened with.

    `place_path` is whom it concerns, the whole community where empty; `seats` are the titles of
    the X seats; `source` tells what it came from, such as `proposal:7` or `hot:3`.
    """

    community_id: int
    title: str
    text: str
    process: str = "3x"
    place_path: str = ""
    seats: tuple[str, ...] = ()
    source: str = ""


def open_topic(session: Session, staff: Staff, draft: Draft, now: datetime) -> Topic:
    """Opens a topic in the first stage of its process, with its seats empty.

    Raises BadTopic, and Forbidden outside of the scope of `staff`.
    """
    path = draft.place_path or community_path(session, draft.community_id)
    require(staff, Permission.KEEP_TOPICS, path)
    title, text = draft.title.strip(), draft.text.strip()
    if not 2 <= len(title) <= 80 or not text:
        raise BadTopic("标题要 2 到 80 个字，还要写清楚是什么事")
    try:
        process = current(session, draft.community_id, draft.process)
    except KeyError as error:
        raise BadTopic("没有这种议事流程") from error
    topic = Topic(
        community_id=draft.community_id,
        title=title,
        text=text,
        place_path=path,
        process=process.to_json(),
        process_key=process.key,
        state="running",
        stage="",
        stage_since=now,
        source=draft.source,
        created_by=staff.id,
        created_at=now,
        version=0,
    )
    enter(topic, process.stages[0], now)
    session.add(topic)
    session.flush()
    _set_the_table(session, topic, process, draft.seats)
    note(session, topic, Happened("stage", process.stages[0].name, public=True), staff, now)
    audit.record(session, now, staff, "topic.opened", topic, after={"process": process.key})
    return topic


def enter(topic: Topic, stage: Stage, now: datetime) -> None:
    """Puts a topic into a stage; what must hold first was checked before."""
    topic.stage, topic.stage_since = stage.key, now
    topic.stage_due = now + timedelta(days=stage.days)
    topic.version += 1


def _set_the_table(
    session: Session, topic: Topic, process: Process, stakeholders: tuple[str, ...]
) -> None:
    required = [(seat.role, seat.title, True) for seat in process.seats]
    chosen = [("x", title.strip()[:48], False) for title in stakeholders if title.strip()]
    for role, title, needed in (*required, *chosen):
        session.add(
            Seat(
                community_id=topic.community_id,
                topic_id=topic.id,
                role=role,
                title=title,
                required=needed,
            )
        )
    session.flush()


@dataclass(frozen=True, slots=True)
class Happened:
    """Something for the topic's record; `public` where everybody may read it."""

    kind: str
    title: str
    text: str = ""
    public: bool = False


def note(
    session: Session, topic: Topic, what: Happened, staff: Staff | None, now: datetime
) -> TopicEvent:
    """Adds to the append-only record of a topic."""
    event = TopicEvent(
        community_id=topic.community_id,
        topic_id=topic.id,
        kind=what.kind,
        stage=topic.stage,
        title=what.title[:80],
        text=what.text,
        staff_id=staff.id if staff else None,
        public=what.public,
        at=now,
    )
    session.add(event)
    session.flush()
    return event


def process_of(topic: Topic) -> Process:
    """The process as it was when the topic began."""
    return read_process(topic.process)


def stage_of(topic: Topic) -> Stage:
    """The stage that a topic is in."""
    return process_of(topic).stage(topic.stage)


def topic_of(session: Session, community_id: int, topic_id: int) -> Topic | None:
    """A topic of this community by its number."""
    query = select(Topic).where(Topic.community_id == community_id, Topic.id == topic_id)
    return session.scalar(query)


def topic_for(session: Session, staff: Staff, topic_id: int) -> Topic | None:
    """A topic in the scope of `staff`."""
    seen = visible_to(staff, Topic.place_path)
    return session.scalar(select(Topic).where(Topic.id == topic_id, seen))


def topics_for(session: Session, staff: Staff, *, state: str = "") -> list[Topic]:
    """The topics in the scope of `staff`, the newest first."""
    query = select(Topic).where(visible_to(staff, Topic.place_path))
    if state:
        query = query.where(Topic.state == state)
    return list(session.scalars(query.order_by(Topic.id.desc())))


def public_topics(session: Session, community_id: int, *, state: str = "") -> list[Topic]:
    """The topics of a community, the newest first: every topic is public."""
    query = select(Topic).where(Topic.community_id == community_id)
    if state:
        query = query.where(Topic.state == state)
    return list(session.scalars(query.order_by(Topic.id.desc())))


def events_of(session: Session, topic: Topic, *, public_only: bool = False) -> list[TopicEvent]:
    """The record of a topic, oldest first."""
    query = select(TopicEvent).where(TopicEvent.topic_id == topic.id).order_by(TopicEvent.id)
    if public_only:
        query = query.where(TopicEvent.public.is_(True))
    return list(session.scalars(query))
