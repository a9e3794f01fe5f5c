"""What staff taught the program: the right intent or category of a message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class Correction(Keyed, OfCommunity, Base):
    """A message whose `label` (of an intent, or the code of a category) a person has set.

    `source` is unique: a second thought about the same message replaces the first.
    """

    __tablename__ = "corrections"

    source: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    was: Mapped[str] = mapped_column(String(32), default="")
    label: Mapped[str] = mapped_column(String(32))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
