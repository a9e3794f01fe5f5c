"""The hardship lane (困难群众直通车): confidential applications, their course, referrals (转介)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted


class AidRequest(Keyed, OfCommunity, Base):
    """An application for help in hardship; all words of it lie encrypted.

    States: received → working → settled | declined; else withdrawn.
    """

    __tablename__ = "aid_requests"
    __table_args__ = (Index("ix_aid_requests_open", "community_id", "state", "due_at"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    whom: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    need: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    media: Mapped[list[Any]] = mapped_column(default=list)
    consented_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(Encrypted)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class AidStep(Keyed, OfCommunity, Base):
    """One step of an application: what was done or said, by whom; `told` where the applicant was
    told the words.
    """

    __tablename__ = "aid_steps"

    aid_id: Mapped[int] = mapped_column(ForeignKey("aid_requests.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(12))
    words: Mapped[str | None] = mapped_column(Encrypted)
    told: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class Referral(Keyed, OfCommunity, Base):
    """An application, or a part of it, handed to an organisation with the applicant's consent.

    The organisation sees `words` and nothing else of it, the phone where `with_phone`, and only
    from `sent` on. States: asked → sent → accepted → done; else refused (by the applicant),
    declined (by the organisation), withdrawn.
    """

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_organisation_id", "organisation_id", "state"),)

    aid_id: Mapped[int] = mapped_column(ForeignKey("aid_requests.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    words: Mapped[str | None] = mapped_column(Encrypted)
    with_phone: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))
    answer: Mapped[str | None] = mapped_column(Encrypted)
    created_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
