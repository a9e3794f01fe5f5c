"""Questionnaires (调查问卷) and what residents answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Questionnaire(Keyed, OfCommunity, Base):
    """Questions with their jumps. States: planned → open → closed.

    `audience` is `census` (everybody of the register within `place_path`, `invited` of them) or
    `open`; the two are never mixed.
    """

    __tablename__ = "questionnaires"
    __table_args__ = (Index("ix_questionnaires_state_opens_at", "state", "opens_at"),)

    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    intro: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[list[Any]]
    audience: Mapped[str] = mapped_column(String(12))
    place_path: Mapped[str] = mapped_column(String(255))
    invited: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class QuestionnaireResponse(Keyed, OfCommunity, Base):
    """What one resident answered so far; encrypted, one each. `asking` is where to go on."""

    __tablename__ = "questionnaire_responses"
    __table_args__ = (UniqueConstraint("questionnaire_id", "resident_id"),)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    answers: Mapped[str] = mapped_column(Encrypted)
    asking: Mapped[str] = mapped_column(String(24))
    finished_at: Mapped[datetime | None]
    begun_at: Mapped[datetime]
