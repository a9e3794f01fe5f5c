"""What residents want to make public, waiting for a reviewer, with the original kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class Submission(Keyed, OfCommunity, Base):
    """One text for moderation (内容审核): what it is, whose, and what was decided and why.

    `kind` and `subject_id` name the row that becomes public; `text` stays as its author wrote it.
    States: waiting → published | refused; a refused one may be appealed once, then waits again
    before another reviewer.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        Index("ix_submissions_subject", "kind", "subject_id"),
        Index("ix_submissions_community_id_state", "community_id", "state"),
    )

    kind: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    hits: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    appeal: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class SensitiveWord(Keyed, OfCommunity, Base):
    """A word that a reviewer wants to be shown where it occurs (敏感词)."""

    __tablename__ = "sensitive_words"
    __table_args__ = (Index("uq_sensitive_words", "community_id", "word", unique=True),)

    word: Mapped[str] = mapped_column(String(40))
