"""What the hall stores about a resident: for their copy of it, and when it is to be forgotten.

Votes, answers to statements and support stay counted, without the person; what was chosen is in
no copy, for nothing stored leads to it.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.ballots import Ballot, ChosenVote, RollEntry
from storage.hall import Seat, TopicRating
from storage.messages import InboundMessage, SealedReply
from storage.opinions import Proposal, ProposalSupport, Statement, StatementAnswer
from storage.questionnaires import QuestionnaireResponse
from storage.register import RegisteredPerson
from storage.residents import Resident


def export(session: Session, resident: Resident) -> dict[str, Any]:
    """What a resident did in the hall, as plain values; that they voted, never what."""
    voted = select(Ballot.title, RollEntry).join(Ballot, Ballot.id == RollEntry.ballot_id)
    answers = select(Statement.text, StatementAnswer.answer).join(
        Statement, Statement.id == StatementAnswer.statement_id
    )
    own = {"resident_id": resident.id}
    return {
        "votes": [
            {"ballot": title, "at": entry.at.isoformat(), "receipt": entry.receipt}
            for title, entry in session.execute(voted.where(RollEntry.voter_id == resident.id))
        ],
        "proposals": [one.text for one in session.scalars(select(Proposal).filter_by(**own))],
        "supported": list(
            session.scalars(
                select(Proposal.title)
                .join(ProposalSupport, ProposalSupport.proposal_id == Proposal.id)
                .where(ProposalSupport.resident_id == resident.id)
            )
        ),
        "statements": [one.text for one in session.scalars(select(Statement).filter_by(**own))],
        "answers": [
            {"statement": text, "answer": answer}
            for text, answer in session.execute(
                answers.where(StatementAnswer.resident_id == resident.id)
            )
        ],
        "questionnaires": [
            json.loads(one.answers)
            for one in session.scalars(select(QuestionnaireResponse).filter_by(**own))
        ],
        "ratings": [one.score for one in session.scalars(select(TopicRating).filter_by(**own))],
    }


def forget(session: Session, resident: Resident) -> None:
    """Removes the person from what they did in the hall (个人信息保护法 art. 47)."""
    mine: dict[str, Any] = {"synchronize_session": False}
    written = select(InboundMessage.id).where(InboundMessage.resident_id == resident.id)
    for statement in (
        update(RegisteredPerson)
        .where(RegisteredPerson.resident_id == resident.id)
        .values(resident_id=None),
        update(Seat).where(Seat.resident_id == resident.id).values(resident_id=None, holder="—"),
        update(Statement)
        .where(Statement.resident_id == resident.id, Statement.state != "open")
        .values(text=""),
        update(Statement).where(Statement.resident_id == resident.id).values(resident_id=None),
        update(Proposal)
        .where(Proposal.resident_id == resident.id, Proposal.state.in_(("waiting", "refused")))
        .values(text="", title="", state="withdrawn"),
        delete(QuestionnaireResponse).where(QuestionnaireResponse.resident_id == resident.id),
        delete(ChosenVote).where(ChosenVote.resident_id == resident.id),
        delete(SealedReply).where(SealedReply.inbound_id.in_(written)),
    ):
        session.execute(statement, execution_options=mine)
