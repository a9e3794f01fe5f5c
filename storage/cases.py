"""Cases of the issue desk and the append-only record of what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Case(Keyed, OfCommunity, Base):
    """One matter that somebody raised, from 待审 to 归档.

    `confidential` is its kind of confidence, empty for none; a case with one is always `private`.
    `sla` is the class of its deadlines, `terms_version` the version of its community's terms by
    which its clock runs (0: what comes with the program), `paused_at` since when it stands still,
    `update_due` when the resident should hear of it next. `escalation` counts the rungs of the
    ladder that it has climbed, `escalate_at` is when it climbs the next. `asked_at` is the return
    visit: `solved` and `satisfaction` (1 to 5, satisfied from 4) are what the resident answered at
    `rated_at`.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="ck_cases_satisfaction"),
        Index("ix_cases_community_id_state", "community_id", "state"),
        Index("ix_cases_community_id_created_at", "community_id", "created_at"),
        Index("ix_cases_created_at", "created_at"),
        Index("ix_cases_place_path", "place_path"),
        Index("ix_cases_resident_id_created_at", "resident_id", "created_at"),
        Index("ix_cases_state_resolved_at", "state", "resolved_at"),
    )

    number: Mapped[int]
    origin: Mapped[str] = mapped_column(String(12), default="wechat")
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    category: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    place_path: Mapped[str] = mapped_column(String(255))
    place_text: Mapped[str] = mapped_column(String(200), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    contact_phone: Mapped[str | None] = mapped_column(Encrypted)
    anonymous: Mapped[bool] = mapped_column(default=False)
    private: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[str] = mapped_column(String(12), default="", server_default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    sla: Mapped[str] = mapped_column(String(12), default="normal", server_default="normal")
    terms_version: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16), default="")
    outcome_reason: Mapped[str] = mapped_column(Text, default="")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    response_due: Mapped[datetime]
    resolve_due: Mapped[datetime]
    update_due: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(default=0, server_default="0")
    escalate_at: Mapped[datetime | None] = mapped_column(index=True)
    responded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(default=0, server_default="0")
    asked_at: Mapped[datetime | None]
    rated_at: Mapped[datetime | None]
    solved: Mapped[bool | None]
    satisfaction: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CaseEvent(Keyed, OfCommunity, Base):
    """Something that happened to a case; never changed, never removed (guarded by triggers).

    `matter` is the one of the six 网格六事 that the event belongs to.
    """

    __tablename__ = "case_events"
    __table_args__ = (Index("ix_case_events_case_id_id", "case_id", "id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    matter: Mapped[str] = mapped_column(String(8))
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[int | None]
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    public: Mapped[bool] = mapped_column(default=False)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
