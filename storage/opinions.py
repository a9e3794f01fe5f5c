"""Proposals with their supporters, statements with their answers, and the opinion map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class Proposal(Keyed, OfCommunity, Base):
    """A resident's proposal (居民提议).

    States: waiting (for a reviewer) → open → reached → adopted; or refused, withdrawn, lapsed.
    `needed` of `base` supporters is fixed when it opens.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_community_id_state", "community_id", "state"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    base: Mapped[int] = mapped_column(default=0)
    needed: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime | None]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    created_at: Mapped[datetime]


class ProposalSupport(Base):
    """That a resident supports a proposal; taken back by removing it."""

    __tablename__ = "proposal_supports"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class Statement(Keyed, OfCommunity, Base):
    """One opinion that others agree or disagree with. States: waiting, open, refused."""

    __tablename__ = "statements"
    __table_args__ = (Index("ix_statements_topic_id_state", "topic_id", "state"),)

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    text: Mapped[str] = mapped_column(String(140))
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]


class StatementAnswer(Base):
    """赞成 1, 反对 −1 or 略过 0 of a resident to a statement; the newest stands."""

    __tablename__ = "statement_answers"
    __table_args__ = (
        CheckConstraint("answer BETWEEN -1 AND 1", name="ck_statement_answers_answer"),
    )

    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id"), primary_key=True, index=True
    )
    answer: Mapped[int]
    at: Mapped[datetime]


class OpinionSnapshot(OfCommunity, Base):
    """The newest opinion map of a topic, with what the next update needs of it.

    Participants have passing numbers in `map`, never their own.
    """

    __tablename__ = "opinion_snapshots"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    answers: Mapped[int] = mapped_column(BigInteger)
    map: Mapped[dict[str, Any]]
    history: Mapped[dict[str, Any]]
    at: Mapped[datetime]
