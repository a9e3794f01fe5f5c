"""The hash-chained event log of a ballot, as it is stored; exported once the ballot is closed."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.chain import Event, canonical, export
from deliberation.definition import Definition
from storage.ballots import Ballot, BallotEvent


class StillOpen(Exception):
    """Nothing of the log is shown before the ballot is closed."""


def last(session: Session, ballot: Ballot) -> Event:
    """The newest entry."""
    query = select(BallotEvent).where(BallotEvent.ballot_id == ballot.id)
    return _event(session.scalars(query.order_by(BallotEvent.sequence.desc()).limit(1)).one())


def keep(session: Session, ballot: Ballot, *events: Event) -> None:
    """Adds entries that follow the newest one."""
    session.add_all(
        BallotEvent(ballot_id=ballot.id, sequence=event.sequence, body=canonical(vars(event)))
        for event in events
    )
    session.flush()


def definition_of(session: Session, ballot: Ballot) -> Definition:
    """What was fixed at opening, with the seed of a lot, as the first entry has it."""
    first = session.get_one(BallotEvent, (ballot.id, 1))
    payload = _event(first).payload["definition"]
    assert isinstance(payload, dict)  # noqa: S101 - written by `deliberation.ballot_log.opened`
    return Definition.from_json(payload)


def exported(session: Session, ballot: Ballot) -> str:
    """The whole log as JSON lines for `main.py verify`; raises StillOpen."""
    return export(events(session, ballot))


def events(session: Session, ballot: Ballot) -> list[Event]:
    """The entries in order; raises StillOpen."""
    if ballot.state != "closed":
        raise StillOpen("表决截止以后才能看")
    query = select(BallotEvent).where(BallotEvent.ballot_id == ballot.id)
    return [_event(row) for row in session.scalars(query.order_by(BallotEvent.sequence))]


def _event(row: BallotEvent) -> Event:
    return Event(**json.loads(row.body))
