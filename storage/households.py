"""Households (家庭账户): residents of one home who share their points."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Household(Keyed, OfCommunity, Base):
    """A home with one purse; `invitation` is what the head passes on to a member by mouth."""

    __tablename__ = "households"
    __table_args__ = (
        Index(
            "uq_households_invitation",
            "community_id",
            "invitation",
            unique=True,
            sqlite_where=text("invitation <> ''"),
            postgresql_where=text("invitation <> ''"),
        ),
    )

    label: Mapped[str] = mapped_column(Encrypted)
    invitation: Mapped[str] = mapped_column(String(8), default="")
    invitation_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class HouseholdMember(Keyed, OfCommunity, Base):
    """One resident in one household, from joining to leaving; at most one at a time.

    `origin` tells how they agreed: in chat, or on paper before a member of staff.
    """

    __tablename__ = "household_members"
    __table_args__ = (
        Index(
            "uq_household_members_resident",
            "resident_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    head: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
