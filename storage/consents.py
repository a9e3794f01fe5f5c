"""Consents: who may act for whom, in what, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Consent(Keyed, OfCommunity, Base):
    """A resident's leave for another person to act for them (代办授权); shown to both, revocable.

    The agent is a resident or a member of staff, never both. `origin` tells how it was given: by
    the principal in chat, or on paper or by phone before a member of staff. `called` is what the
    agent calls the principal (妈妈).
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_principal_id", "principal_id"),
        Index("ix_consents_agent", "agent_resident_id", "agent_staff_id"),
    )

    principal_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    agent_resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    agent_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    scope: Mapped[str] = mapped_column(String(24))
    origin: Mapped[str] = mapped_column(String(12))
    called: Mapped[str | None] = mapped_column(Encrypted)
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ConsentCode(Keyed, OfCommunity, Base):
    """A six-digit code that a principal reads out to their agent (授权码); it works once."""

    __tablename__ = "consent_codes"
    __table_args__ = (UniqueConstraint("community_id", "code"),)

    principal_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    scope: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(6))
    expires_at: Mapped[datetime]


class ConsentTry(Keyed, OfCommunity, Base):
    """A code that nobody had given, typed by somebody: too many of them and no more are taken."""

    __tablename__ = "consent_tries"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    at: Mapped[datetime]
