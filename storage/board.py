"""The mutual-help board (社区集市) and the wish list (群众点菜)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class BoardPost(Keyed, OfCommunity, Base):
    """Something a neighbour asks for, offers, lends or gives away; public once moderated.

    States: waiting → open ⇄ taken → done; else refused, withdrawn, expired.
    """

    __tablename__ = "board_posts"
    __table_args__ = (Index("ix_board_posts_open", "community_id", "state", "id"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class BoardClaim(Keyed, OfCommunity, Base):
    """A neighbour answers a post. A phone is kept only where its owner agreed to show it.

    States: asked → agreed → done; else declined, withdrawn, lapsed. One live claim a post.
    """

    __tablename__ = "board_claims"
    __table_args__ = (
        Index(
            "uq_board_claims_live",
            "post_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'agreed')"),
            postgresql_where=text("state IN ('asked', 'agreed')"),
        ),
        Index("ix_board_claims_post_id", "post_id"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("board_posts.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12))
    author_phone: Mapped[str | None] = mapped_column(Encrypted)
    claimant_phone: Mapped[str | None] = mapped_column(Encrypted)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class BoardRating(Keyed, OfCommunity, Base):
    """How one side of a settled claim found the other: 3 good, 2 fair, 1 bad."""

    __tablename__ = "board_ratings"
    __table_args__ = (
        UniqueConstraint("claim_id", "rater_id"),
        CheckConstraint("stars BETWEEN 1 AND 3", name="ck_board_ratings_stars"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("board_claims.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    rated_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    stars: Mapped[int]
    created_at: Mapped[datetime]


class Wish(Keyed, OfCommunity, Base):
    """A service that residents wish for (点菜); a partner takes it up.

    States: waiting → open → taken → done; else refused, withdrawn.
    """

    __tablename__ = "wishes"
    __table_args__ = (Index("ix_wishes_open", "community_id", "state", "id"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    plan: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class WishSupport(Keyed, OfCommunity, Base):
    """A resident wants it, too; once each."""

    __tablename__ = "wish_supports"
    __table_args__ = (UniqueConstraint("wish_id", "resident_id"),)

    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    created_at: Mapped[datetime]
