"""Volunteers: who registered, what their hours were given for, and the certificates that say so."""

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


class ServiceRecord(OfCommunity, Base):
    """What an entry of volunteer time in the ledger was given for; append-only as the entry is.

    The minutes, the kind and the volunteer stand in the entry alone. `corrects_id` is the entry
    that this one sets right.
    """

    __tablename__ = "service_records"

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_entries.id"), primary_key=True, autoincrement=False
    )
    served_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasions.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"), index=True)


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
