"""Topics of the deliberation hall: their stages, seats, sign-in sheets, tasks and ratings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class ProcessVersion(Keyed, OfCommunity, Base):
    """A community's own version of a process, as its keeper wrote it (YAML); never changed."""

    __tablename__ = "process_versions"
    __table_args__ = (UniqueConstraint("community_id", "process", "version"),)

    process: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class Topic(Keyed, OfCommunity, Base):
    """One matter deliberated on. `process` is the whole process as it was when the topic began.

    States: running → done | ended; `stage` is the key of the open stage. `source` tells what it
    came from (`proposal:7`, `hot:3`), `outcome` and `reasons` what was decided and why.
    """

    __tablename__ = "topics"
    __table_args__ = (Index("ix_topics_community_id_state", "community_id", "state"),)

    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    place_path: Mapped[str] = mapped_column(String(255), index=True)
    process: Mapped[dict[str, Any]]
    process_key: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(12), default="running")
    stage: Mapped[str] = mapped_column(String(32))
    stage_since: Mapped[datetime]
    stage_due: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(48), default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class TopicEvent(Keyed, OfCommunity, Base):
    """What happened to a topic: a stage, a record, a publication …; never changed, never removed.

    Kinds: stage, record, publication, seat, ballot, decision, task, progress, rating, ended.
    Each has its date, its person and its document (`text`).
    """

    __tablename__ = "topic_events"
    __table_args__ = (Index("ix_topic_events_topic_id_id", "topic_id", "id"),)

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    kind: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    public: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class Seat(Keyed, OfCommunity, Base):
    """A seat at the table: one of the three required ones, or an X seat named for this topic.

    States: empty → invited → accepted | declined.
    """

    __tablename__ = "seats"
    __table_args__ = (Index("ix_seats_topic_id", "topic_id"),)

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    role: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(48))
    required: Mapped[bool] = mapped_column(default=False)
    holder: Mapped[str] = mapped_column(String(48), default="")
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="empty")
    invited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class Attendance(Keyed, OfCommunity, Base):
    """A line of a sign-in sheet (签到): somebody was present at a meeting of the topic."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("topic_id", "stage", "name"),
        UniqueConstraint("ballot_id", "elector_id"),
    )

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    stage: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(48))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballots.id"))
    elector_id: Mapped[int | None] = mapped_column(ForeignKey("electors.id"))
    signed_at: Mapped[datetime]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class TopicTask(Keyed, OfCommunity, Base):
    """Something to be done after a decision, with its owner and date; `progress` in percent."""

    __tablename__ = "topic_tasks"
    __table_args__ = (
        Index("ix_topic_tasks_topic_id", "topic_id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="ck_topic_tasks_progress"),
    )

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    title: Mapped[str] = mapped_column(String(80))
    owner: Mapped[str] = mapped_column(String(48))
    due: Mapped[date]
    progress: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class TopicRating(Keyed, OfCommunity, Base):
    """How a participant rates what became of a topic, 1 to 5; once each."""

    __tablename__ = "topic_ratings"
    __table_args__ = (
        UniqueConstraint("topic_id", "resident_id"),
        CheckConstraint("score BETWEEN 1 AND 5", name="ck_topic_ratings_score"),
    )

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    score: Mapped[int]
    at: Mapped[datetime]
