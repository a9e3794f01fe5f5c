"""What all tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.types import UtcDateTime


class Base(DeclarativeBase):
    """All tables; constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


# SQLite numbers rows by itself only where the key is a plain INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class Keyed:
    """A row with a number of its own."""

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)


class OfCommunity:
    """A row that belongs to one community: every query about it names the community."""

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
