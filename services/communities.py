"""The communities, for those who are not asked about their scope: residents, systems, commands."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.communities import Community


def listed(session: Session) -> list[Community]:
    """All of them, in the order in which they were opened."""
    return list(session.scalars(select(Community).order_by(Community.id)))


def by_code(session: Session, code: str) -> Community | None:
    """The community of that code; None where there is none."""
    return session.scalar(select(Community).where(Community.code == code))
