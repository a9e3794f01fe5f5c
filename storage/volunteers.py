"""Volunteers: who registered, the hours they gave, and the certificates that say so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Volunteer(Keyed, OfCommunity, Base):
    """A resident who registered as a volunteer (志愿者); `agreed_at` is their consent to it.

    `interests` holds codes of `services.activity_kinds`; `team` is the group they come with, an
    organisation where it is one that the community knows.
    """

    __tablename__ = "volunteers"
    __table_args__ = (UniqueConstraint("resident_id"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    interests: Mapped[list[Any]] = mapped_column(default=list)
    team: Mapped[str] = mapped_column(String(40), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    agreed_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class HourEntry(Keyed, OfCommunity, Base):
    """Volunteer time in minutes; append-only, a correction is an entry of its own.

    `kind` is `credit` (信用, checked in and out) or `honour` (荣誉, entered by staff); the two are
    never added up. `source` is unique: one cause counts once.
    """

    __tablename__ = "hour_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('credit', 'honour')", name="ck_hour_entries_kind"),
        CheckConstraint("minutes <> 0", name="ck_hour_entries_minutes"),
    )

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    minutes: Mapped[int]
    served_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(80), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasions.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("hour_entries.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Backfill(Keyed, OfCommunity, Base):
    """Time that staff propose to enter by hand (补录); above the limit a second person decides."""

    __tablename__ = "backfills"
    __table_args__ = (CheckConstraint("minutes > 0", name="ck_backfills_minutes"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasions.id"))
    minutes: Mapped[int]
    served_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Certificate(Keyed, OfCommunity, Base):
    """A certificate of hours (志愿服务证明), checked by anybody who has its code.

    `shown_name` is what the volunteer agreed to have printed; empty for no name.
    """

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("code"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    code: Mapped[str] = mapped_column(String(16))
    shown_name: Mapped[str | None] = mapped_column(Encrypted)
    credit_minutes: Mapped[int]
    honour_minutes: Mapped[int]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
