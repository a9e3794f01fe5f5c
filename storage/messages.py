"""Messages in, messages out, and the pictures and voices that came with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Sealed


class InboundMessage(Keyed, Base):
    """A push as received, once, with the reply it got and how that reply was decided.

    `key` makes a repeat find the first copy. A signed push that makes no sense is kept raw and
    belongs to no resident.
    """

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("account", "key"),
        Index("ix_inbound_messages_resident_id_received_at", "resident_id", "received_at"),
    )

    account: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(80))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    event: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raw: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    reply: Mapped[str | None] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(default=False)
    intent: Mapped[str] = mapped_column(String(32), default="")
    trace: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[str | None] = mapped_column(String(120))


class SealedReply(Base):
    """The reply to a message whose words are not kept (a vote), encrypted, while it may repeat."""

    __tablename__ = "sealed_replies"

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound_messages.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Sealed)
    until: Mapped[datetime] = mapped_column(index=True)


class OutboxMessage(Keyed, OfCommunity, Base):
    """A message on its way to a resident; written in the transaction of its cause.

    `policy` says what a send of unknown fate means: a `chat` reply asks the staff, a `decision`
    is sent again. `source` is unique: the same cause never sends twice.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_state_next_at", "state", "next_at"),
        Index("ix_outbox_messages_resident_id_created_at", "resident_id", "created_at"),
    )

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    source: Mapped[str] = mapped_column(String(80), unique=True)
    policy: Mapped[str] = mapped_column(String(12), default="chat")
    text: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(String(32), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(12), default="ready")
    way: Mapped[str] = mapped_column(String(20), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Media(Keyed, OfCommunity, Base):
    """A picture, voice or video: a name at WeChat first (kept there 3 days), then a file here."""

    __tablename__ = "media"
    __table_args__ = (Index("ix_media_state_next_at", "state", "next_at"),)

    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    account: Mapped[str] = mapped_column(String(32))
    wechat_id: Mapped[str] = mapped_column(String(255), default="")
    state: Mapped[str] = mapped_column(String(12), default="pending")
    file: Mapped[str] = mapped_column(String(120), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    content_type: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
