"""What the pages of the hall read beside the services that act: found within the scope of staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.access import covers
from services.hall import topic_for
from services.places import community_path
from storage.ballots import Ballot, Elector
from storage.hall import Seat, Topic, TopicTask
from storage.opinions import Proposal, Statement
from storage.register import Home, HomeTie, RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff


def ballot_for(session: Session, staff: Staff, ballot_id: int) -> tuple[Ballot, Topic] | None:
    """A ballot whose topic is in the scope of `staff`."""
    ballot = session.get(Ballot, ballot_id)
    topic = topic_for(session, staff, ballot.topic_id) if ballot else None
    return (ballot, topic) if ballot and topic else None


def proposal_for(session: Session, staff: Staff, proposal_id: int) -> Proposal | None:
    """A proposal of a community in the scope of `staff`."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        return None
    path = community_path(session, proposal.community_id)
    return proposal if covers(staff, path) else None


def seat_of(session: Session, topic: Topic, seat_id: int | None) -> Seat | None:
    """A seat of this topic by its number."""
    same = (Seat.topic_id == topic.id, Seat.id == (seat_id or 0))
    return session.scalar(select(Seat).where(*same))


def task_of(session: Session, topic: Topic, task_id: int | None) -> TopicTask | None:
    """A task of this topic by its number."""
    same = (TopicTask.topic_id == topic.id, TopicTask.id == (task_id or 0))
    return session.scalar(select(TopicTask).where(*same))


def elector_by_code(session: Session, ballot: Ballot, code: str) -> Elector | None:
    """An elector of a ballot by the code in its list."""
    same = (Elector.ballot_id == ballot.id, Elector.code == code.strip())
    return session.scalar(select(Elector).where(*same))


def electors_of(session: Session, ballot: Ballot) -> list[Elector]:
    """The frozen electorate, by code."""
    query = select(Elector).where(Elector.ballot_id == ballot.id)
    return list(session.scalars(query.order_by(Elector.code)))


def statements_of(session: Session, topic: Topic) -> list[Statement]:
    """Every statement of a topic in whatever state, in the order in which they came."""
    query = select(Statement).where(Statement.topic_id == topic.id)
    return list(session.scalars(query.order_by(Statement.id)))


def staff_names(session: Session, numbers: Iterable[int | None]) -> dict[int, str]:
    """The names of members of staff by their numbers."""
    wanted = {number for number in numbers if number is not None}
    query = select(Staff.id, Staff.name).where(Staff.id.in_(wanted))
    return {number: name for number, name in session.execute(query)}


def resident_by_person(session: Session, person: RegisteredPerson | None) -> Resident | None:
    """The account of somebody in the register, where staff have bound it."""
    if person is None or person.resident_id is None:
        return None
    return session.get(Resident, person.resident_id)


def ties_of(session: Session, homes: Sequence[Home]) -> dict[int, tuple[int, int]]:
    """For each home how many own it and how many live there."""
    numbers = [home.id for home in homes]
    query = select(HomeTie.home_id, HomeTie.owner, HomeTie.lives, func.count())
    grouped = query.where(HomeTie.home_id.in_(numbers)).group_by(
        HomeTie.home_id, HomeTie.owner, HomeTie.lives
    )
    found = dict.fromkeys(numbers, (0, 0))
    for home, owner, lives, count in session.execute(grouped):
        owners, dwellers = found[home]
        found[home] = (owners + count * owner, dwellers + count * lives)
    return found
