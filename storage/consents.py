"""Consents: who may act for whom, in what, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class Consent(Keyed, OfCommunity, Base):
    """A resident's leave for another person to act for them (代办授权); shown to both, revocable.

    The agent is a resident or a member of staff, never both. `origin` tells how it was given: by
    the principal in chat, or on paper or by phone before a member of staff.
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
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
