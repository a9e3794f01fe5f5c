"""Who took part in a topic, and how they hear what became of it (outbox, with its quiet hours)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session

from services import outbox
from storage.ballots import Ballot, RollEntry
from storage.hall import Seat, Topic
from storage.opinions import Proposal, ProposalSupport, Statement, StatementAnswer
from storage.questionnaires import Questionnaire, QuestionnaireResponse
from storage.residents import Resident


def participants(session: Session, topic: Topic) -> list[Resident]:
    """Everybody who voted, gave an opinion, answered, supported, proposed or has a seat."""
    of_topic = topic.id
    spoke = select(Statement.resident_id).where(Statement.topic_id == of_topic)
    answered = (
        select(StatementAnswer.resident_id)
        .join(Statement, Statement.id == StatementAnswer.statement_id)
        .where(Statement.topic_id == of_topic)
    )
    supported = (
        select(ProposalSupport.resident_id)
        .join(Proposal, Proposal.id == ProposalSupport.proposal_id)
        .where(Proposal.topic_id == of_topic)
    )
    filled = (
        select(QuestionnaireResponse.resident_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireResponse.questionnaire_id)
        .where(Questionnaire.topic_id == of_topic)
    )
    everybody = union(
        _voters(Ballot.topic_id == of_topic),
        spoke,
        answered,
        supported,
        select(Proposal.resident_id).where(Proposal.topic_id == of_topic),
        filled,
        select(Seat.resident_id).where(Seat.topic_id == of_topic, Seat.state == "accepted"),
    ).subquery()
    query = select(Resident).where(Resident.id.in_(select(everybody.c[0])))
    return list(session.scalars(query.order_by(Resident.id)))


def voters(session: Session, ballot: Ballot) -> list[Resident]:
    """The residents who voted, or for whom somebody voted, in chat."""
    query = select(Resident).where(Resident.id.in_(_voters(Ballot.id == ballot.id)))
    return list(session.scalars(query.order_by(Resident.id)))


def tell(session: Session, topic: Topic, what: str, text: str, now: datetime) -> int:
    """Tells every participant, once for each `what`; returns how many."""
    everybody = participants(session, topic)
    for resident in everybody:
        post(session, resident, f"topic:{topic.id}:{what}", text, now)
    return len(everybody)


def post(session: Session, resident: Resident, cause: str, text: str, now: datetime) -> None:
    """Puts the news of a decision on its way; of unknown fate, it is sent again."""
    source = f"{cause}:{resident.id}"
    outbox.post(session, resident, text, source=source, now=now, policy="decision")


def _voters(condition: ColumnElement[bool]) -> Select[int | None]:
    return (
        select(RollEntry.voter_id)
        .join(Ballot, Ballot.id == RollEntry.ballot_id)
        .where(condition, RollEntry.voter_id.is_not(None))
    )
