"""What the tests of points share: a community with people, staff, goods and rules."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import goods, ledger, point_rules
from services.calendar import OfficeHours
from services.goods import Label
from services.ledger import Unit
from services.point_rules import Wording
from services.residents import meet
from storage.communities import Community
from storage.points import Goods, PointRule
from storage.residents import Resident
from storage.staff import Staff

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
HOURS = OfficeHours()
POINTS = Unit.POINTS


def home(session: Session) -> Community:
    """The demo community, opened once."""
    if session.scalar(select(Community)) is None:
        open_community(session, NOW)
    return session.scalars(select(Community)).one()


def person(session: Session, openid: str = "o1") -> Resident:
    """A resident of the demo community."""
    return meet(session, home(session).id, "", openid, NOW)


def worker(session: Session, login: str = "wang", role: str = "community_worker") -> Staff:
    """Somebody of the staff, with the community as scope."""
    home(session)
    found = session.scalar(select(Staff).where(Staff.login == login))
    if found is None:
        found = Staff(
            login=login,
            name=login,
            role=role,
            scope_path="/HPJD/",
            password_hash="nobody signs in here",
            active=True,
            created_at=NOW,
        )
        session.add(found)
        session.flush()
    return found


def rule_of(session: Session, code: str, wording: Wording) -> PointRule:
    """A rule, written once."""
    community = home(session).id
    found = point_rules.by_code(session, community, code)
    return found or point_rules.add(session, worker(session), community, code, wording, NOW)


def shelve(session: Session, label: Label) -> Goods:
    """Goods on the shelf."""
    return goods.add(session, worker(session), home(session).id, label, NOW)


def earn(session: Session, amount: int, source: str, openid: str = "o1") -> None:
    """Points out of nowhere."""
    ledger.credit(session, person(session, openid), POINTS, amount, source, "清扫", NOW)


def have(session: Session, openid: str = "o1") -> int:
    """What a resident has."""
    return ledger.balance(session, person(session, openid), POINTS)
