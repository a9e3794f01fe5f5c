"""The people of a community as staff pick them for points: number and masked name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.residents import display_name
from storage.residents import Resident


def of_community(session: Session, community_id: int, limit: int = 1000) -> list[Resident]:
    """Who follows the account, the newest first."""
    query = select(Resident).where(
        Resident.community_id == community_id, Resident.forgotten_at.is_(None)
    )
    return list(session.scalars(query.order_by(Resident.id.desc()).limit(limit)))


def one_of(session: Session, community_id: int, resident_id: int | None) -> Resident | None:
    """A resident of this community by number; None for one of another."""
    found = session.get(Resident, resident_id) if resident_id else None
    return found if found and found.community_id == community_id else None


def names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """What staff call these residents."""
    query = select(Resident).where(Resident.id.in_(set(ids)))
    return {row.id: display_name(row) for row in session.scalars(query)}
