"""The weekly lists of hot topics, and which of them became a proposal for deliberation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class HotTopic(Keyed, OfCommunity, Base):
    """Public cases of one matter at one place, in the list of the week that began on `week`.

    `state` is `listed`, `proposed` (staff want it deliberated) or `taken` (the hall has it);
    `heat_before` is the heat of the same matter in the list before, None for a new one.
    """

    __tablename__ = "hot_topics"
    __table_args__ = (
        UniqueConstraint("community_id", "week", "rank"),
        CheckConstraint("state IN ('listed', 'proposed', 'taken')", name="ck_hot_topics_state"),
        CheckConstraint("size >= 2", name="ck_hot_topics_size"),
    )

    week: Mapped[date]
    rank: Mapped[int]
    heat: Mapped[float]
    heat_before: Mapped[float | None]
    summary: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(32))
    place_path: Mapped[str] = mapped_column(String(255), index=True)
    size: Mapped[int]
    case_ids: Mapped[list[Any]]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="listed")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
