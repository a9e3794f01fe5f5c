"""Volunteer activities: what is offered, when it takes place, who signed up and how it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Activity(Keyed, OfCommunity, Base):
    """A volunteer activity (活动); it is published once nothing that people must know is missing.

    `points_per_hour` is what an hour confirmed here is worth in points.
    """

    __tablename__ = "activities"
    __table_args__ = (
        Index("ix_activities_place_path", "place_path"),
        CheckConstraint("points_per_hour >= 0", name="ck_activities_points"),
    )

    title: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    place_text: Mapped[str] = mapped_column(String(80), default="")
    place_path: Mapped[str] = mapped_column(String(255))
    content: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
    risk: Mapped[str] = mapped_column(Text, default="")
    insurance: Mapped[str] = mapped_column(Text, default="")
    capacity: Mapped[int] = mapped_column(default=0)
    points_per_hour: Mapped[int] = mapped_column(default=0)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Occasion(Keyed, OfCommunity, Base):
    """One time that an activity takes place (场次).

    `taken` counts the places that are confirmed or held for somebody; the database refuses more
    than `capacity`. `last_number` numbers those who come in the order they came. `secret` is what
    the rotating sign-in codes and the QR code are derived from.
    """

    __tablename__ = "occasions"
    __table_args__ = (
        Index("ix_occasions_starts_at", "community_id", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="ck_occasions_capacity"),
        CheckConstraint("ends_at > starts_at", name="ck_occasions_span"),
    )

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="open")
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    secret: Mapped[str] = mapped_column(Encrypted)
    closed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class OccasionCode(Keyed, OfCommunity, Base):
    """A QR code of an occasion (海报): `kind` is `join` or `sign-in`; what it holds once WeChat has
    made it, else `url` is empty and `error` tells of the last try.
    """

    __tablename__ = "occasion_codes"
    __table_args__ = (UniqueConstraint("occasion_id", "kind"),)

    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasions.id"))
    kind: Mapped[str] = mapped_column(String(8))
    url: Mapped[str] = mapped_column(String(255), default="")
    error: Mapped[str] = mapped_column(String(200), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]


class SignUp(Keyed, OfCommunity, Base):
    """A resident's place in an occasion (报名), one row each; `number` is their turn in the line.

    States: confirmed, waiting, offered (a place is held until `offered_until`), cancelled, lapsed
    (the offer ran out). `agent_id` is the resident who acts for them, with their leave.
    """

    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("occasion_id", "resident_id"),
        Index("ix_sign_ups_line", "occasion_id", "state", "number"),
        Index("ix_sign_ups_offers", "state", "offered_until"),
    )

    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasions.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    state: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    offered_until: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(String(10), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ActivityRating(Keyed, OfCommunity, Base):
    """What a participant thought of an occasion (评事): 1 good to 3 bad; `again` 1 yes to 3 no."""

    __tablename__ = "activity_ratings"
    __table_args__ = (
        UniqueConstraint("occasion_id", "resident_id"),
        CheckConstraint("verdict BETWEEN 1 AND 3", name="ck_activity_ratings_verdict"),
    )

    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasions.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    verdict: Mapped[int]
    again: Mapped[int | None]
    at: Mapped[datetime]
