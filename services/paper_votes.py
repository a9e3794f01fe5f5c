"""Paper and phone ballots: entered by one member of staff, entered again by another, then cast.

The second never sees what the first entered; both must agree. The first entry lies encrypted and
is erased when the vote is cast or the ballot closes.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.chain import Json, canonical
from services import audit, voting
from services.access import Permission, require
from services.ballots import locked
from services.voting import AlreadyVoted, Cast, Hand
from storage.ballots import Ballot, Elector, PaperVote, RollEntry
from storage.staff import Staff

ORIGINS = {"paper": "纸质票", "phone": "电话票"}


class SamePerson(Exception):
    """The second entry must be another's."""


def enter(
    session: Session, staff: Staff, elector: Elector, choice: Json, origin: str, now: datetime
) -> PaperVote:
    """The first entry. Raises NotOpen, InvalidBallotError, AlreadyVoted, Forbidden, ValueError
    for an unknown origin.
    """
    ballot = locked(session, elector.ballot_id)
    require(staff, Permission.KEEP_TOPICS, ballot.place_path)
    if origin not in ORIGINS:
        raise ValueError(f"no origin {origin}")
    voting.require_open(ballot, now)
    voting.check(ballot, choice)
    entry = voting.roll_entry(session, elector)
    if entry is not None and (entry.voter_id is not None or not ballot.changeable):
        raise AlreadyVoted("这一票已经投过了")
    if waiting(session, elector) is not None:
        raise AlreadyVoted("这一票正等另一位同事复录")
    paper = PaperVote(
        community_id=ballot.community_id,
        ballot_id=ballot.id,
        elector_id=elector.id,
        origin=origin,
        choice=canonical(choice),
        entered_by=staff.id,
        entered_at=now,
    )
    session.add(paper)
    session.flush()
    audit.record(session, now, staff, "ballot.paper_entered", ballot)
    return paper


def confirm(
    session: Session, staff: Staff, paper: PaperVote, choice: Json, now: datetime
) -> Cast | None:
    """The second entry: casts where both agree; else None, and the first one is gone too, for
    the paper must be looked at again. Raises SamePerson, and what `enter` raises.
    """
    ballot = locked(session, paper.ballot_id)
    require(staff, Permission.KEEP_TOPICS, ballot.place_path)
    if staff.id == paper.entered_by:
        raise SamePerson("要由另一位同事复录")
    first, entered_by = json.loads(paper.choice), paper.entered_by
    elector = session.get_one(Elector, paper.elector_id)
    session.delete(paper)
    session.flush()
    if canonical(first) != canonical(choice):
        audit.record(session, now, staff, "ballot.paper_differs", ballot)
        return None
    hand = Hand(paper.origin, entered_by=entered_by, confirmed_by=staff.id)
    done = voting.put_in(session, ballot, elector, choice, hand, now)
    audit.record(session, now, staff, "ballot.paper_cast", ballot)
    return done


def waiting(session: Session, elector: Elector) -> PaperVote | None:
    """The entry of an elector that waits for its second."""
    return session.scalar(select(PaperVote).where(PaperVote.elector_id == elector.id))


def all_waiting(session: Session, ballot: Ballot) -> list[tuple[PaperVote, Elector]]:
    """Everything that waits for a second entry, with whose vote it is."""
    query = (
        select(PaperVote, Elector)
        .join(Elector, Elector.id == PaperVote.elector_id)
        .where(PaperVote.ballot_id == ballot.id)
        .order_by(Elector.code)
    )
    return [(paper, elector) for paper, elector in session.execute(query)]


def absent(session: Session, ballot: Ballot) -> list[Elector]:
    """The electors who have not voted, for the door-to-door list."""
    voted = select(RollEntry.elector_id).where(RollEntry.ballot_id == ballot.id)
    query = select(Elector).where(Elector.ballot_id == ballot.id, Elector.id.not_in(voted))
    return list(session.scalars(query.order_by(Elector.code)))
