"""What stories about points need: points out of nowhere, a shelf, rules, the jobs of the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import awards, goods, households, ledger, point_rules, points_jobs
from services.calendar import OfficeHours
from services.goods import Label
from services.ledger import Unit
from services.point_rules import Wording
from storage.ledger import LedgerEntry
from storage.points import Goods, PointRule, Redemption
from storage.residents import Resident

SHELF = (
    Label("抽纸", 5, 0),
    Label("洗衣液", 20, 2, 2, "2 千克装", "社区一楼"),
    Label("大米", 90, 3),
)


def give(session: Session, me: Resident, told: Any, now: datetime) -> None:
    """Points as `20 -5`: earned by cleaning, taken for boxes in the stairwell."""
    junk = _opened(session, me.community_id, now)
    for amount in map(int, str(told).split()):
        number = session.scalar(select(func.count(LedgerEntry.id)))
        if amount > 0:
            source, why = f"story:{number}", "清洁楼道"
            ledger.credit(session, me, Unit.POINTS, amount, source, why, now)
        else:
            wish = awards.Wish(junk, me, f"story:{number}", note="纸箱")
            awards.award(session, None, wish, OfficeHours(), now)


def _opened(session: Session, community_id: int, now: datetime) -> PointRule:
    """The rule for boxes; with the other rule and the shelf made the first time."""
    found = point_rules.by_code(session, community_id, "junk")
    if found is not None:
        return found
    for label in SHELF:
        goods.add(session, None, community_id, label, now)
    clean = Wording("清洁楼道", "每次半小时", 10, cap_day=20)
    point_rules.add(session, None, community_id, "clean", clean, now)
    junk = Wording("楼道堆物", "劝了不清", -5)
    return point_rules.add(session, None, community_id, "junk", junk, now)


def run_jobs(session: Session, _me: Resident, told: Any, now: datetime) -> None:
    """What the clock does: `pickups` or `expiry`."""
    {"pickups": points_jobs.pickups, "expiry": points_jobs.expiry}[told](session, now)


def invitation(session: Session, openid: str) -> str:
    """The code with which somebody's household is joined."""
    head = session.scalars(select(Resident).where(Resident.openid == openid)).one()
    home = households.household_of(session, head)
    assert home is not None
    return home.invitation


def stock(session: Session) -> int:
    """How many bottles of soap are on the shelf."""
    return session.scalars(select(Goods.stock).where(Goods.name == "洗衣液")).one()


def redemptions(session: Session) -> dict[str, int]:
    """Redemptions by state."""
    query = select(Redemption.state, func.count()).group_by(Redemption.state)
    return {state: count for state, count in session.execute(query)}


DEEDS: dict[str, Callable[[Session, Resident, Any, datetime], None]] = {
    "points": give,
    "points jobs": run_jobs,
}
SIGHTS: dict[str, Callable[[Session], Any]] = {"stock": stock, "redemptions": redemptions}
