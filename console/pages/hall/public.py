"""The public section 议事: topics, their opinions, results, receipts and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.downloads import attachment
from console.hall_charts import SHAPES, letter, scatter
from console.pages.hall.ballots import ORIGINS
from console.pages.hall.plan_form import COMPLETION_NAMES, ELECTORATE_NAMES, TIE_NAMES
from console.public import community_of, render_public
from console.visits import deps_of, number_in_path, or_404
from services import (
    ballot_log,
    ballot_reading,
    ballots,
    hall,
    hall_outcome,
    hall_pabulib,
    hall_public,
    hall_seats,
    opinion_maps,
    proposals,
    questionnaires,
    result_words,
    statements,
)
from storage.ballots import Ballot
from storage.communities import Community
from storage.hall import Topic

SHAPE_NAMES = dict(zip(SHAPES, ("圆", "方块", "三角", "菱形", "十字"), strict=True))


async def show(request: web.Request) -> web.Response:
    """Every topic of the community, and the proposals that look for support."""

    def work(session: Session) -> tuple[Community, dict[str, Any]]:
        community = community_of(request, session)
        topics = hall.public_topics(session, community.id)
        waiting = proposals.public_proposals(session, community.id)
        return community, {
            "topics": [(topic, hall.process_of(topic), hall.stage_of(topic)) for topic in topics],
            "proposals": [(one, proposals.supporters(session, one)) for one in waiting],
            "states": hall.STATE_NAMES,
        }

    community, context = await deps_of(request).database.read(work)
    return render_public(request, "public/topics.html", community, context)


async def show_one(request: web.Request) -> web.Response:
    """One topic with all that everybody may know of it."""
    number = number_in_path(request)

    def work(session: Session) -> tuple[Community, dict[str, Any]]:
        community = community_of(request, session)
        topic = or_404(hall.topic_of(session, community.id, number))
        return community, _topic(session, topic) | _opinions(session, topic)

    community, context = await deps_of(request).database.read(work)
    words = {
        "states": hall.STATE_NAMES,
        "ballot_states": ballots.STATE_NAMES,
        "methods": ballots.METHOD_NAMES,
        "electorates": ELECTORATE_NAMES,
        "ties": TIE_NAMES,
        "completions": COMPLETION_NAMES,
        "origin_names": ORIGINS,
        "audiences": questionnaires.AUDIENCES,
        "seat_states": hall_seats.SEAT_STATES,
        "square_metres": result_words.square_metres,
        "yuan": result_words.yuan,
    }
    return render_public(request, "public/topic.html", community, context | words)


def _topic(session: Session, topic: Topic) -> dict[str, Any]:
    found = ballot_reading.ballots_of(session, topic)
    sheets = questionnaires.sheets_of(session, topic)
    return {
        "topic": topic,
        "process": hall.process_of(topic),
        "stage": hall.stage_of(topic),
        "events": hall.events_of(session, topic, public_only=True),
        "seats": hall_seats.seats_of(session, topic),
        "ballots": hall_public.public_ballots(session, found),
        "sheets": [(sheet, questionnaires.report(session, sheet)) for sheet in sheets],
        "tasks": hall_outcome.tasks_of(session, topic),
        "ratings": hall_outcome.ratings(session, topic),
    }


def _opinions(session: Session, topic: Topic) -> dict[str, Any]:
    counts = statements.counts_of(session, topic)
    row = opinion_maps.snapshot(session, topic)
    texts = {str(one.statement.id): one.statement.text for one in counts}
    drawn = scatter(row.map) if row else None
    return {
        "counts": counts,
        "map": row.map if row else None,
        "drawing": drawn,
        "texts": texts,
        "groups": _groups(row.map, texts) if row and drawn else [],
        "letter": letter,
    }


def _groups(found: Mapping[str, Any], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The groups in words: their letter, sign, size, and what they say more than the others."""
    return [
        {
            "letter": letter(group["id"]),
            "shape": SHAPE_NAMES[SHAPES[group["id"] % len(SHAPES)]],
            "size": group["size"],
            "says": [one for one in group["representative"] if one["id"] in texts],
        }
        for group in found["groups"]
    ]


async def budget(request: web.Request) -> web.Response:
    """A closed budget ballot as a Pabulib file; 404 before closing and for other ballots."""
    number = number_in_path(request)

    def work(session: Session) -> str:
        community = community_of(request, session)
        return hall_pabulib.exported(session, _closed(session, community, number), community.name)

    try:
        text = await deps_of(request).database.read(work)
    except hall_pabulib.NoBudget as error:
        raise web.HTTPNotFound from error
    return attachment(text.encode(), "text/plain", f"ballot-{number}.pb", "utf-8")


def _closed(session: Session, community: Community, number: int) -> Ballot:
    ballot = ballot_reading.ballot_of(session, community.id, number)
    if ballot is None or ballot.state != "closed":
        raise web.HTTPNotFound
    return ballot


async def log(request: web.Request) -> web.Response:
    """The event log of a closed ballot, as `main.py verify` takes it; 404 before closing."""
    number = number_in_path(request)

    def work(session: Session) -> str:
        community = community_of(request, session)
        return ballot_log.exported(session, _closed(session, community, number))

    text = await deps_of(request).database.read(work)
    return attachment(text.encode(), "application/x-ndjson", f"ballot-{number}.jsonl", "utf-8")
