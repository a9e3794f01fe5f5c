"""Policy questions that residents asked: what they were answered with, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.messages import InboundMessage
from storage.policies import PolicyQuestion
from storage.residents import Resident


class Stage(StrEnum):
    """How far a question is; the value is stored."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    WAITING = "waiting"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Found:
    """Where an answer stands: the document, the place of the passage in it, how sure (0–1)."""

    document_id: int
    passage: int
    confidence: float


def record(
    session: Session, resident: Resident, inbound: InboundMessage, text: str, now: datetime
) -> PolicyQuestion:
    """Keeps a question; nothing is said about its answer yet."""
    question = PolicyQuestion(
        community_id=resident.community_id,
        resident_id=resident.id,
        inbound_id=inbound.id,
        text=text,
        state=Stage.UNSURE.value,
        confidence=0.0,
        feedback="",
        asked_at=now,
    )
    session.add(question)
    session.flush()
    return question


def answered(question: PolicyQuestion, found: Found) -> None:
    """The base answered from this passage, or the resident chose its document."""
    question.state = Stage.ANSWERED.value
    question.document_id, question.passage = found.document_id, found.passage
    question.confidence = found.confidence


def left_to_staff(question: PolicyQuestion) -> None:
    """The staff answer this one."""
    question.state = Stage.WAITING.value


def judge(question: PolicyQuestion, *, useful: bool) -> None:
    """What the resident says of the answer; a wrong one waits for the staff."""
    question.feedback = "useful" if useful else "wrong"
    if not useful:
        left_to_staff(question)


def own(session: Session, resident: Resident, question_id: int) -> PolicyQuestion | None:
    """The question of that number if this resident asked it."""
    question = session.get(PolicyQuestion, question_id)
    return question if question and question.resident_id == resident.id else None


def unanswered(session: Session, community_id: int, *, limit: int = 100) -> list[PolicyQuestion]:
    """Questions that the base could not answer and nobody has settled, the newest first."""
    query = select(PolicyQuestion).where(
        PolicyQuestion.community_id == community_id,
        PolicyQuestion.state.in_((Stage.UNSURE.value, Stage.WAITING.value)),
        PolicyQuestion.text != "",
    )
    order = (PolicyQuestion.asked_at.desc(), PolicyQuestion.id.desc())
    return list(session.scalars(query.order_by(*order).limit(limit)))
