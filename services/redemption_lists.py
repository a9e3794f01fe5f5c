"""Finding redemptions: of a resident, by code at the counter, all that wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scope import communities
from storage.points import Goods, Redemption
from storage.residents import Resident
from storage.staff import Staff


def of_resident(session: Session, resident: Resident) -> list[tuple[Redemption, Goods]]:
    """What is reserved for a resident, the earliest end first."""
    query = (
        select(Redemption, Goods)
        .join(Goods, Goods.id == Redemption.goods_id)
        .where(Redemption.resident_id == resident.id, Redemption.state == "reserved")
        .order_by(Redemption.until, Redemption.id)
    )
    return [(redemption, row) for redemption, row in session.execute(query)]


def by_code(session: Session, staff: Staff, code: str) -> Redemption | None:
    """What is reserved under a code in the communities of `staff`."""
    return session.scalar(
        select(Redemption).where(
            Redemption.code == code,
            Redemption.state == "reserved",
            Redemption.community_id.in_(communities(staff)),
        )
    )


def find(session: Session, staff: Staff, redemption_id: int) -> Redemption | None:
    """A redemption in the communities of `staff`."""
    return session.scalar(
        select(Redemption).where(
            Redemption.id == redemption_id, Redemption.community_id.in_(communities(staff))
        )
    )


def open_ones(
    session: Session, community_id: int, limit: int = 100
) -> Sequence[tuple[Redemption, Goods]]:
    """What waits to be picked up in a community, the earliest end first."""
    query = (
        select(Redemption, Goods)
        .join(Goods, Goods.id == Redemption.goods_id)
        .where(Redemption.community_id == community_id, Redemption.state == "reserved")
        .order_by(Redemption.until, Redemption.id)
        .limit(limit)
    )
    return [(redemption, row) for redemption, row in session.execute(query)]
