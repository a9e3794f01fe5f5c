"""The ranking of points: only who wants to be seen, with the family name and stars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from services.calendar import CHINA
from services.ledger_accounts import Unit
from services.ledger_posting import Kind
from services.residents import display_name
from storage.ledger import LedgerEntry
from storage.points import PointsRanking
from storage.residents import Resident


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the ranking; `mine` where it is the one who looks."""

    name: str
    points: int
    mine: bool


def opted_in(session: Session, resident: Resident) -> bool:
    """Whether a resident is on the ranking."""
    return session.get(PointsRanking, resident.id) is not None


def opt_in(session: Session, resident: Resident, now: datetime) -> None:
    """Puts a resident on the ranking."""
    if not opted_in(session, resident):
        session.add(
            PointsRanking(
                resident_id=resident.id,
                community_id=resident.community_id,
                name=display_name(resident)[:12],
                joined_at=now,
            )
        )
        session.flush()


def opt_out(session: Session, resident: Resident) -> None:
    """Takes a resident off the ranking."""
    row = session.get(PointsRanking, resident.id)
    if row is not None:
        session.delete(row)
        session.flush()


def top(session: Session, resident: Resident, now: datetime, limit: int = 8) -> list[Place]:
    """Who earned most this year, among those who want to be seen; what was taken back is off."""
    year = datetime(now.astimezone(CHINA).year, 1, 1, tzinfo=CHINA)
    back = aliased(LedgerEntry)
    earned = func.coalesce(func.sum(LedgerEntry.amount), 0)
    query = (
        select(PointsRanking.resident_id, PointsRanking.name, earned)
        .outerjoin(
            LedgerEntry,
            (LedgerEntry.resident_id == PointsRanking.resident_id)
            & (LedgerEntry.unit == Unit.POINTS.value)
            & (LedgerEntry.kind == Kind.CREDIT.value)
            & (LedgerEntry.at >= year)
            & ~exists().where(back.reverses_id == LedgerEntry.id),
        )
        .where(PointsRanking.community_id == resident.community_id)
        .group_by(PointsRanking.resident_id, PointsRanking.name)
        .order_by(earned.desc(), PointsRanking.resident_id)
        .limit(limit)
    )
    return [
        Place(name, int(points), one == resident.id) for one, name, points in session.execute(query)
    ]
