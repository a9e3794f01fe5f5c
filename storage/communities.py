"""Communities and the organisation tree 街道—社区—网格—楼栋—单元."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed


class Community(Keyed, Base):
    """One neighbourhood (社区) with the numbers that its residents may call."""

    __tablename__ = "communities"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str] = mapped_column(String(32), default="")
    duty_phone: Mapped[str] = mapped_column(String(32), default="")
    gas_phone: Mapped[str] = mapped_column(String(32), default="")
    office: Mapped[str] = mapped_column(String(120), default="")
    last_case_number: Mapped[int] = mapped_column(default=1000)
    created_at: Mapped[datetime]


class Place(Keyed, Base):
    """A node of the tree; `path` holds the codes from the root, `/street/community/grid/`.

    A scope covers a place and all below it: the rows whose path begins with its path.
    """

    __tablename__ = "places"

    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(48), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    path: Mapped[str] = mapped_column(String(255), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
