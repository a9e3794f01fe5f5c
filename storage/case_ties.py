"""Who and what is tied to a case: followers, other cases, mediators, the orders of supervisors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity

_OPEN = text("done_at IS NULL")


class CaseFollower(Keyed, OfCommunity, Base):
    """A neighbour who has the same trouble (我也是) and hears how the case goes on."""

    __tablename__ = "case_followers"
    __table_args__ = (UniqueConstraint("case_id", "resident_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    at: Mapped[datetime]


class CaseLink(Keyed, OfCommunity, Base):
    """Two cases that belong together, by `kind`: `merged` into the other, or `split` off it."""

    __tablename__ = "case_links"
    __table_args__ = (UniqueConstraint("case_id", "kind"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(8))
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]


class CaseMediator(Keyed, OfCommunity, Base):
    """Somebody assigned to a mediation: nobody else of the staff sees it but reviewers."""

    __tablename__ = "case_mediators"
    __table_args__ = (UniqueConstraint("case_id", "staff_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime]


class Supervision(Keyed, OfCommunity, Base):
    """督办: an order of the supervisor about a case, with a date; one at a time for each case."""

    __tablename__ = "supervisions"
    __table_args__ = (
        Index(
            "uq_supervisions_open",
            "case_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    ordered_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    instruction: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
