"""Points in the small community of the console's tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services import award_appeals, awards, goods, households, point_rules, redemptions
from services.awards import Wish
from services.calendar import OfficeHours
from services.goods import Label
from services.point_rules import Wording
from storage.residents import Resident
from storage.staff import Staff

HOURS = OfficeHours()


@dataclass(frozen=True)
class PointsSeed:
    """The numbers of what the tests ask for by name."""

    rule: int
    deduction: int
    waiting: int
    appealed: int
    goods: int
    redemption: int
    code: str
    household: int


def fill_points(
    session: Session, worker: Staff, one: Resident, other: Resident, now: datetime
) -> PointsSeed:
    """Two rules, points for two residents, one appeal, one award that waits, soap reserved."""
    community, then = one.community_id, now - timedelta(days=20)
    clean = Wording("清洁楼道", "每次半小时以上", 10, cap_day=20)
    rule = point_rules.add(session, worker, community, "clean", clean, then)
    junk = Wording("楼道堆物", "劝了不清", -5)
    deduction = point_rules.add(session, worker, community, "junk", junk, then)
    big = point_rules.add(session, worker, community, "big", Wording("见义勇为", "", 80), then)
    for number, (person, times) in enumerate(((one, 2), (other, 2), (one, 1))):
        wish = Wish(rule, person, f"seed:{number}", times=times)
        awards.award(session, None, wish, HOURS, then + timedelta(days=number))
    taken = Wish(deduction, one, "seed:junk", note="三楼纸箱")
    made = awards.award(session, worker, taken, HOURS, then + timedelta(days=5))
    award_appeals.appeal(session, one, made.id, "不是我家的", HOURS, now - timedelta(hours=3))
    waiting = awards.award(session, worker, Wish(big, other, "seed:big"), HOURS, now)
    soap = goods.add(session, worker, community, Label("洗衣液", 20, 5, 2, "2 千克装"), then)
    reserved = redemptions.reserve(session, one, soap.id, "seed:soap", now - timedelta(days=1))
    home = households.create(session, other, "3栋301", now - timedelta(days=2))
    return PointsSeed(
        rule.id,
        deduction.id,
        waiting.id,
        made.id,
        soap.id,
        reserved.id,
        reserved.code,
        home.id,
    )
