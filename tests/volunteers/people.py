"""A small community with staff and neighbours, for tests of the volunteers' services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import residents
from services.access import Role
from services.activities import Plan
from services.calendar import OfficeHours
from services.places import import_tree, read_tree
from storage.activities import Activity, Occasion
from storage.communities import Community
from storage.residents import Resident
from storage.staff import Staff
from tests.volunteers.plans import CLEANING, published, saturday

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)  # Wednesday 10:30 in China
HOURS = OfficeHours()
TREE = {
    "kind": "street",
    "code": "st",
    "name": "云河街道",
    "children": [{"kind": "community", "code": "demo", "name": "桂园社区"}],
}


@dataclass
class Neighbourhood:
    """Who is there; numbers of rows."""

    community: int
    worker: int
    reviewer: int

    def staff(self, session: Session) -> Staff:
        return session.get_one(Staff, self.worker)

    def second(self, session: Session) -> Staff:
        return session.get_one(Staff, self.reviewer)

    def resident(self, session: Session, name: str) -> Resident:
        """The resident of that name, met where unknown."""
        return residents.meet(session, self.community, "", f"o-{name}", NOW)

    def activity(
        self, session: Session, plan: Plan = CLEANING, *, hour: int = 9, now: datetime = NOW
    ) -> tuple[Activity, Occasion]:
        """A published activity on Saturday."""
        return published(session, self.staff(session), plan, saturday(now, hour), now)


def open_neighbourhood(session: Session) -> Neighbourhood:
    """Fills a database, once."""
    known = session.scalar(select(Community.id).where(Community.code == "demo"))
    if known is None:
        import_tree(session, read_tree(TREE), NOW - timedelta(days=60))
        known = session.scalars(select(Community.id)).one()
        for login, role in (("worker", Role.COMMUNITY_WORKER), ("reviewer", Role.REVIEWER)):
            session.add(
                Staff(
                    login=login,
                    name=login,
                    role=role.value,
                    scope_path="/st/demo/",
                    password_hash="nobody signs in here",
                    created_at=NOW,
                )
            )
        session.flush()
    ids = {one.login: one.id for one in session.scalars(select(Staff))}
    return Neighbourhood(known, ids["worker"], ids["reviewer"])
