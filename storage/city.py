"""What a community keeps of the issue desk, and its exchange with systems of the city."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class CategorySetting(Keyed, OfCommunity, Base):
    """A category as a community keeps it: what it changed of a shipped one, or one of its own.

    `code` is stable and never removed, for cases bear it; what is no longer wanted is not active.
    `questions` are the extra questions, see `services.questions`.
    """

    __tablename__ = "category_settings"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        CheckConstraint("sla IN ('urgent', 'normal', 'planned')", name="ck_category_settings_sla"),
    )

    code: Mapped[str] = mapped_column(String(32))
    group: Mapped[str] = mapped_column("group_code", String(32))
    name: Mapped[str] = mapped_column(String(32))
    department: Mapped[str] = mapped_column(String(32))
    sla: Mapped[str] = mapped_column(String(8))
    national: Mapped[str] = mapped_column(String(16), default="")
    national_minor: Mapped[str] = mapped_column(String(32), default="", server_default="")
    private: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    questions: Mapped[list[Any]] = mapped_column(default=list)
    updated_at: Mapped[datetime]


class DispatchRule(Keyed, OfCommunity, Base):
    """Who takes a new case of a category at a place: a member of staff, or a partner.

    `category` is a category, a group, or empty for all; `place_path` covers all below it. Exactly
    one of the two is named.
    """

    __tablename__ = "dispatch_rules"
    __table_args__ = (
        UniqueConstraint("community_id", "category", "place_path"),
        CheckConstraint(
            "(staff_id IS NULL) <> (organisation_id IS NULL)", name="ck_dispatch_rules_one"
        ),
    )

    category: Mapped[str] = mapped_column(String(32), default="")
    place_path: Mapped[str] = mapped_column(String(255))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    created_at: Mapped[datetime]


class ApiKey(Keyed, OfCommunity, Base):
    """A key by which another system may hand in cases (Open311); only its SHA-256 is kept."""

    __tablename__ = "api_keys"

    name: Mapped[str] = mapped_column(String(64))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class OpenRequest(Keyed, OfCommunity, Base):
    """A case that came in by Open311: the token that its sender holds until it is approved."""

    __tablename__ = "open_requests"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    token: Mapped[str] = mapped_column(String(48), unique=True)
    created_at: Mapped[datetime]


class CityEvent(Keyed, OfCommunity, Base):
    """An event of a case on its way to the system of the city; holds nothing personal.

    States: ready → sending (a lease until `next_at`) → sent | ready (again later) | dead | void
    (the case is no longer public).
    """

    __tablename__ = "city_events"
    __table_args__ = (Index("ix_city_events_state_next_at", "state", "next_at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    case_event_id: Mapped[int] = mapped_column(ForeignKey("case_events.id"), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class PlaceCode(Keyed, OfCommunity, Base):
    """The QR code of a place (扫码定责): what it holds, once WeChat has made it; else `url` is
    empty and `error` tells of the last try.
    """

    __tablename__ = "place_codes"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), unique=True)
    url: Mapped[str] = mapped_column(String(255), default="")
    error: Mapped[str] = mapped_column(String(200), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]
