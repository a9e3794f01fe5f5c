"""What a community makes public: notices, lists and funds; who asked to hear of it; tip-offs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Notice(Keyed, OfCommunity, Base):
    """A notice (通知): draft → waiting → published | draft again → withdrawn.

    It is public from `published_at` up to and including the day `until`. `pictures` are pairs of
    a file below the media folder and what it shows.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_public", "community_id", "state", "until"),)

    topic: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    until: Mapped[date]
    pictures: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Sheet(Keyed, OfCommunity, Base):
    """One edition of a public table: a list of services, or the use of funds in a year.

    `kind` and `year` (0 for lists) name the table; of its editions at most one is published:
    draft → waiting → published → replaced.
    """

    __tablename__ = "public_sheets"
    __table_args__ = (
        UniqueConstraint("community_id", "kind", "year", "edition"),
        Index(
            "uq_public_sheets_published",
            "community_id",
            "kind",
            "year",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    kind: Mapped[str] = mapped_column(String(12))
    year: Mapped[int] = mapped_column(default=0)
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ServiceEntry(Keyed, OfCommunity, Base):
    """A line of a list (清单): what is done, by whom, with what, where, and the number to call."""

    __tablename__ = "service_entries"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("public_sheets.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(Text, default="")
    provider: Mapped[str] = mapped_column(String(80), default="")
    materials: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")


class FundEntry(Keyed, OfCommunity, Base):
    """A line of the funds (惠民资金): a project with its money in fen (分), planned and used."""

    __tablename__ = "fund_entries"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("used >= 0", name="used_not_negative"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("public_sheets.id"), index=True)
    project: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(80), default="")
    amount: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    day: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")


class Subscription(Keyed, OfCommunity, Base):
    """A resident wants to hear when something on a topic is published."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("resident_id", "topic"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    topic: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]


class TipOff(Keyed, OfCommunity, Base):
    """A confidential tip-off (监督举报); its words are encrypted at rest.

    `resident_id` is empty where the author wanted to stay unknown: then only the `receipt` leads
    to it. received → checking → settled.
    """

    __tablename__ = "tip_offs"

    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    text: Mapped[str | None] = mapped_column(Encrypted)
    contact: Mapped[str | None] = mapped_column(Encrypted)
    result: Mapped[str | None] = mapped_column(Encrypted)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
