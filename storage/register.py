"""The register of homes and of who lives in them or owns them: where electorates come from."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class Home(Keyed, OfCommunity, Base):
    """A unit in exclusive ownership (专有部分): `area` in whole 0.01 m², 0 where it is not known.

    `with_developer` marks one not sold, or sold and not handed over.
    """

    __tablename__ = "homes"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        CheckConstraint("area >= 0", name="ck_homes_area"),
    )

    code: Mapped[str] = mapped_column(String(48))
    label: Mapped[str] = mapped_column(String(64))
    place_path: Mapped[str] = mapped_column(String(255), index=True)
    area: Mapped[int] = mapped_column(default=0)
    with_developer: Mapped[bool] = mapped_column(default=False)


class RegisteredPerson(Keyed, OfCommunity, Base):
    """Somebody in the register; `resident_id` once staff know which account is theirs.

    `code` stands for the person in published lists; the name lies encrypted.
    """

    __tablename__ = "registered_people"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        UniqueConstraint("resident_id"),
    )

    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str | None] = mapped_column(Encrypted)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    adult: Mapped[bool] = mapped_column(default=True)


class HomeTie(Base):
    """That a person owns a home, lives in it, or both."""

    __tablename__ = "home_ties"

    home_id: Mapped[int] = mapped_column(ForeignKey("homes.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("registered_people.id"), primary_key=True, index=True
    )
    owner: Mapped[bool] = mapped_column(default=False)
    lives: Mapped[bool] = mapped_column(default=True)
