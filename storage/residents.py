"""Residents as the account knows them, and their open conversation with the bot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Resident(Keyed, OfCommunity, Base):
    """A follower of the account; least data: no name, phone or home unless they gave it.

    The two windows in which WeChat lets the account write are counted here: since the last
    message (5 within 48 hours) and since the last touch, a menu click, scan or follow
    (3 within a minute).
    """

    __tablename__ = "residents"
    __table_args__ = (UniqueConstraint("account", "openid"),)

    account: Mapped[str] = mapped_column(String(32))
    openid: Mapped[str] = mapped_column(String(64))
    following: Mapped[bool] = mapped_column(default=True)
    forgotten_at: Mapped[datetime | None]
    name: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    home_detail: Mapped[str | None] = mapped_column(Encrypted)
    last_message_at: Mapped[datetime | None]
    sent_since_message: Mapped[int] = mapped_column(default=0)
    last_touch_at: Mapped[datetime | None]
    sent_since_touch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Dialog(OfCommunity, Base):
    """Where a resident's conversation stands: the form being filled, the choices offered, what
    the last answer was about, the misunderstandings in a row, and whether a person has taken over.
    """

    __tablename__ = "dialogs"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    form: Mapped[str | None] = mapped_column(String(48))
    form_version: Mapped[int] = mapped_column(default=0)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choices: Mapped[list[Any]] = mapped_column(default=list)
    topic: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    strikes: Mapped[int] = mapped_column(default=0)
    handover: Mapped[str] = mapped_column(String(12), default="bot")
    handover_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
