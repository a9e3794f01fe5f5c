"""What the running program keeps for itself: access tokens shared by its processes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.types import Encrypted


class AccessToken(Base):
    """The WeChat access token of an account; one process renews it while the others wait."""

    __tablename__ = "access_tokens"

    account: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str | None] = mapped_column(Encrypted)
    expires_at: Mapped[datetime | None]
    renewed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    renewing_until: Mapped[datetime | None]
    renewing_by: Mapped[str | None] = mapped_column(String(64))
