"""What a community promises about its cases and when its office works: one row a version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class DeskTerms(Keyed, OfCommunity, Base):
    """A version of the terms of a community; the highest is in force, none of them ever changes.

    `opens` and `closes` are minutes after local midnight; `promises` has the values of a
    `services.sla.Promise` by class, `days` the own days of the calendar as `[day, works, why]`.
    """

    __tablename__ = "desk_terms"
    __table_args__ = (
        UniqueConstraint("community_id", "version"),
        CheckConstraint("version > 0", name="ck_desk_terms_version"),
        CheckConstraint(
            "opens >= 0 AND opens < closes AND closes < 1440", name="ck_desk_terms_hours"
        ),
    )

    version: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]
    promises: Mapped[dict[str, Any]] = mapped_column(default=dict)
    days: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
