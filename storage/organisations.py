"""Organisations that work with the community: 物业, 社会组织, 调委会, 律师, 志愿队."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class Organisation(Keyed, Base):
    """A partner; its people are staff with the role 合作单位, who see what is handed to them."""

    __tablename__ = "organisations"

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(24))
    phone: Mapped[str] = mapped_column(String(32), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class OrganisationService(Keyed, Base):
    """A service that a partner gives to residents; closed ones are kept."""

    __tablename__ = "organisation_services"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)


class OrganisationRating(Keyed, OfCommunity, Base):
    """How a resident or a member of staff found what a partner did: 3 good, 2 fair, 1 bad.

    `source` is what was done and by whom it is judged; it is judged once.
    """

    __tablename__ = "organisation_ratings"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 3", name="ck_organisation_ratings_stars"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    source: Mapped[str] = mapped_column(String(80), unique=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
