"""Reading ballots: which there are, and how many have voted so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.quorum import Amount
from services.ballots import definition_of
from storage.ballots import Ballot, Elector, RollEntry
from storage.hall import Topic


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who has voted so far; `eligible` is None in an open poll. Areas are cm²."""

    voted: Amount
    eligible: Amount | None


def turnout(session: Session, ballot: Ballot) -> Turnout:
    """How many have voted: all that is known before closing."""
    query = (
        select(func.sum(Elector.persons), func.sum(Elector.area), func.sum(Elector.households))
        .join(RollEntry, RollEntry.elector_id == Elector.id)
        .where(RollEntry.ballot_id == ballot.id)
    )
    persons, area, households = session.execute(query).one()
    voted = Amount(int(persons or 0), int(area or 0), int(households or 0))
    return Turnout(voted, definition_of(ballot).eligible)


def voted(session: Session, ballot: Ballot) -> int:
    """How many votes were cast so far."""
    query = select(func.count()).where(RollEntry.ballot_id == ballot.id)
    return session.scalar(query) or 0


def origins(session: Session, ballot: Ballot) -> dict[str, int]:
    """How many votes came by chat, with help, on paper, by phone."""
    query = select(RollEntry.origin, func.count()).where(RollEntry.ballot_id == ballot.id)
    return {origin: count for origin, count in session.execute(query.group_by(RollEntry.origin))}


def ballots_of(session: Session, topic: Topic) -> list[Ballot]:
    """The ballots of a topic, in order."""
    query = select(Ballot).where(Ballot.topic_id == topic.id).order_by(Ballot.id)
    return list(session.scalars(query))


def ballot_of(session: Session, community_id: int, ballot_id: int) -> Ballot | None:
    """A ballot of this community by its number."""
    query = select(Ballot).where(Ballot.community_id == community_id, Ballot.id == ballot_id)
    return session.scalar(query)


def open_ballots(session: Session, community_id: int, now: datetime) -> list[Ballot]:
    """The ballots in which one can vote now, the one that closes first first."""
    query = select(Ballot).where(
        Ballot.community_id == community_id, Ballot.state == "open", Ballot.closes_at > now
    )
    return list(session.scalars(query.order_by(Ballot.closes_at, Ballot.id)))
