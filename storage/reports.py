"""Reports of the issue desk (半月分析、月度汇总、季度通报) as they were made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed


class Report(Keyed, Base):
    """The figures of one period for one place and all below it, frozen when they were made.

    `source` is unique: what the clock makes is made once. `community_id` is None for a street.
    `data` is the form of `services.report_data`; lists of reports leave it unread.
    """

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_place_path_last_day", "place_path", "last_day"),)

    source: Mapped[str] = mapped_column(String(320), unique=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(255))
    period: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[date]
    last_day: Mapped[date]
    data: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
