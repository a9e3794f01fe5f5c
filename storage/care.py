"""The time bank (助老爱心储蓄): givers, care requests, and what both sides confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class CareGiver(Keyed, OfCommunity, Base):
    """A resident who gives hours to the elderly; staff know them before they go to anybody.

    States: waiting → active ⇄ resting; refused.
    """

    __tablename__ = "care_givers"
    __table_args__ = (UniqueConstraint("resident_id"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    words: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class CareRequest(Keyed, OfCommunity, Base):
    """A service for an elderly person, paid in hours; `notes` (needs, health) are confidential.

    States: open → matched → done; else cancelled, expired. While matched each side says how many
    minutes it took; hours move when both say the same, or staff settle it. `paid_by` tells who
    paid: `own` account or the community's `fund`.
    """

    __tablename__ = "care_requests"
    __table_args__ = (
        Index("ix_care_requests_open", "community_id", "state", "id"),
        CheckConstraint("minutes BETWEEN 15 AND 480", name="ck_care_requests_minutes"),
        CheckConstraint("giver_id IS NULL OR giver_id <> elder_id", name="ck_care_requests_sides"),
    )

    requester_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    elder_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    time_words: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    notes: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    notes_for_giver: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))
    giver_minutes: Mapped[int | None]
    receiver_minutes: Mapped[int | None]
    settled_minutes: Mapped[int | None]
    paid_by: Mapped[str] = mapped_column(String(8), default="")
    matched_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    matched_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
