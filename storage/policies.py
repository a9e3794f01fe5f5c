"""Policy documents with their versions, and the questions that residents asked about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigKey, Keyed, OfCommunity


class PolicyDocument(Keyed, OfCommunity, Base):
    """One version of a document; title and number together name the document.

    `passages` are pairs of headings and text. From `superseded_from` on the document
    `superseded_by` counts in its place. `changes` grows with every change of the row, so that the
    sum over a community tells whether anything is new.
    """

    __tablename__ = "policy_documents"
    __table_args__ = (UniqueConstraint("community_id", "title", "number", "version"),)

    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)
    issuer: Mapped[str] = mapped_column(Text, default="")
    issued: Mapped[date | None]
    effective: Mapped[date | None]
    valid_until: Mapped[date | None]
    superseded_from: Mapped[date | None]
    # no foreign key: it names a later row, and a backup comes back in the order of the ids
    superseded_by: Mapped[int | None] = mapped_column(BigKey)
    area: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    asked: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    supersedes: Mapped[list[Any]] = mapped_column(default=list)
    passages: Mapped[list[Any]] = mapped_column(default=list)
    sample: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))
    changes: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PolicyQuestion(Keyed, OfCommunity, Base):
    """A question as it was asked, what it was answered with, and what the resident thought of it.

    `state`: answered | unsure (choices were offered) | waiting (the staff answer) | settled.
    `feedback`: empty, useful or wrong. `passage` is the place of the passage in the document.
    """

    __tablename__ = "policy_questions"
    __table_args__ = (Index("ix_policy_questions_open", "community_id", "state", "asked_at"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    text: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("policy_documents.id"), index=True)
    passage: Mapped[int | None]
    confidence: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[str] = mapped_column(String(12))
    feedback: Mapped[str] = mapped_column(String(8), default="")
    asked_at: Mapped[datetime]


class PolicyReview(OfCommunity, Base):
    """Who wrote a draft, and what a second person decided: waiting → passed | returned."""

    __tablename__ = "policy_reviews"

    document_id: Mapped[int] = mapped_column(ForeignKey("policy_documents.id"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PolicyAnswer(OfCommunity, Base):
    """A question that an entry written by the staff answers, once it is published."""

    __tablename__ = "policy_answers"

    question_id: Mapped[int] = mapped_column(ForeignKey("policy_questions.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("policy_documents.id"), index=True)
