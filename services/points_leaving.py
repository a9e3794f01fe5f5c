"""What becomes of the points of somebody who is forgotten: the ledger stays whole, without them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services import households, redemption_lists, redemptions
from services.ledger_accounts import EXPIRED, Owner, Purse, Unit, find, hold
from services.ledger_posting import Kind, Movement, post
from storage.points import PointAward, PointsRanking
from storage.residents import Resident


def forget(session: Session, resident: Resident, now: datetime) -> None:
    """Gives back what is reserved, leaves the household, lets what is left expire.

    The entries stay: they name a number, and nobody stands behind it any more. The words of an
    appeal and of an award go with the person.
    """
    for redemption, _ in redemption_lists.of_resident(session, resident):
        redemptions.cancel(session, redemption, now)
    households.leave(session, resident, now)
    hold(session, resident.community_id)
    for unit in Unit:
        owner = Owner(Purse.RESIDENT, resident.id)
        account = find(session, resident.community_id, unit, owner)
        if account is not None and account.balance:
            made = Movement(
                unit,
                Kind.EXPIRE,
                owner,
                EXPIRED,
                account.balance,
                f"forgotten:{resident.id}:{unit}:{now.isoformat()}",
                "居民注销",
            )
            post(session, resident.community_id, made, now)
    session.execute(delete(PointsRanking).where(PointsRanking.resident_id == resident.id))
    for award in session.scalars(select(PointAward).where(PointAward.resident_id == resident.id)):
        award.reason = award.appeal = ""
        if award.state in ("waiting", "appealed"):
            award.state = "refused" if award.state == "waiting" else "upheld"
