"""The opinion map of a topic, computed by a job and kept with what its next update needs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.opinions.groups import GroupCount
from deliberation.opinions.maps import History, OpinionMap, opinion_map
from deliberation.opinions.matrix import Vote
from deliberation.opinions.output import to_json
from services.statements import topics_asking
from storage.communities import Community
from storage.hall import Topic
from storage.opinions import OpinionSnapshot, Statement, StatementAnswer


def snapshot(session: Session, topic: Topic) -> OpinionSnapshot | None:
    """The newest map; None before the first was computed. `map` is `opinions --json` with
    passing numbers in place of residents; positions are null below 50 people in.
    """
    return session.get(OpinionSnapshot, topic.id)


def stale(session: Session) -> list[int]:
    """Topics whose answers have changed since their map was computed."""
    topics = [
        topic
        for community in session.scalars(select(Community.id)).all()
        for topic in topics_asking(session, community)
    ]
    return [topic.id for topic in topics if _number(session, topic) != _known(session, topic)]


def votes_of(session: Session, topic: Topic) -> list[Vote]:
    """Who answered what, in order of time."""
    query = (
        select(StatementAnswer.resident_id, Statement.id, StatementAnswer.answer)
        .join(Statement, Statement.id == StatementAnswer.statement_id)
        .where(Statement.topic_id == topic.id, Statement.state == "open")
        .order_by(StatementAnswer.at, StatementAnswer.resident_id, Statement.id)
    )
    return [(str(who), str(what), how) for who, what, how in session.execute(query)]


def wanted(session: Session, topic_id: int) -> tuple[list[Vote], dict[str, Any]]:
    """What a map is computed from: the answers, and the history of the map before."""
    topic = session.get_one(Topic, topic_id)
    before = snapshot(session, topic)
    return votes_of(session, topic), before.history if before else {}


def compute(votes: list[Vote], history: dict[str, Any]) -> OpinionMap:
    """The map; pure and slow, for a thread without a transaction."""
    return opinion_map(votes, history=_history(history))


def keep(session: Session, topic: Topic, found: OpinionMap, now: datetime) -> OpinionSnapshot:
    """Stores a computed map in place of the one before."""
    number = _number(session, topic)
    row = session.get(OpinionSnapshot, topic.id)
    if row is None:
        row = OpinionSnapshot(topic_id=topic.id, community_id=topic.community_id)
        session.add(row)
    shown = to_json(found)
    people = shown["participants"].values()
    shown["participants"] = {str(n): one for n, one in enumerate(people, 1)}
    row.map, row.history, row.at = shown, _history_json(found.history), now
    row.answers = number
    session.flush()
    return row


def _known(session: Session, topic: Topic) -> int:
    row = snapshot(session, topic)
    return row.answers if row else 0


def _number(session: Session, topic: Topic) -> int:
    """A number that grows with every answer, also with one that was changed."""
    query = (
        select(func.count(), func.max(StatementAnswer.at))
        .join(Statement, Statement.id == StatementAnswer.statement_id)
        .where(Statement.topic_id == topic.id, Statement.state == "open")
    )
    count, newest = session.execute(query).one()
    return int(count) + (int(newest.timestamp()) if newest else 0)


def _history_json(history: History) -> dict[str, Any]:
    return {
        "members": sorted(history.members),
        "loadings": {name: list(pair) for name, pair in history.loadings.items()},
        "count": asdict(history.count) if history.count else None,
    }


def _history(kept: dict[str, Any]) -> History:
    if not kept:
        return History()
    return History(
        frozenset(kept["members"]),
        {name: tuple(pair) for name, pair in kept["loadings"].items()},
        GroupCount(**kept["count"]) if kept["count"] else None,
    )
