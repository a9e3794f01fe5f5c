"""What waits for a person: the one queue, and the replies that staff write and approve."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class QueueItem(Keyed, OfCommunity, Base):
    """One thing that waits (待办). `source` is unique: one cause waits once.

    Claiming is a compare-and-swap on `version`; the claim is a lease that runs out. `link` is the
    console page where it is dealt with, empty where one of the ids tells; `needs` is the permission
    without which nobody sees it, empty for none.
    """

    __tablename__ = "queue_items"
    __table_args__ = (
        Index("ix_queue_items_open", "community_id", "state", "due_at"),
        Index("ix_queue_items_state_place_path", "state", "place_path"),
        Index("ix_queue_items_place_path", "place_path"),
    )

    source: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    intent: Mapped[str] = mapped_column(String(32), default="")
    title: Mapped[str] = mapped_column(String(160))
    place_path: Mapped[str] = mapped_column(String(255))
    urgent: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id"))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_messages.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    state: Mapped[str] = mapped_column(String(8), default="open")
    due_at: Mapped[datetime]
    link: Mapped[str] = mapped_column(String(160), default="", server_default="")
    needs: Mapped[str] = mapped_column(String(24), default="", server_default="")
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    claimed_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Reply(Keyed, OfCommunity, Base):
    """What a member of staff wants to say to a resident; sent only as approved.

    `base_inbound_id` is the newest message the author had seen: a reply to an older state of the
    conversation is stale.
    """

    __tablename__ = "replies"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    base_inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(Text, default="")
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_messages.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
