"""A community with its staff and three residents, for tests of mutual help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import add_staff, open_community
from services import residents
from services.access import Role
from services.calendar import OfficeHours
from storage.communities import Community
from storage.engine import Database
from storage.messages import OutboxMessage
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff

T = TypeVar("T")
NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
HOURS = OfficeHours()
NAMES = ("wang", "li", "chen")


class Village:
    """The tests' hold on a community: `do` writes, `see` reads, time moves with `later`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        database.write_now(self._open)

    def _open(self, session: Session) -> None:
        open_community(session, NOW)
        add_staff(session, NOW)
        community = session.scalars(select(Community)).one()
        for name in NAMES:
            residents.meet(session, community.id, "", name, NOW).name = f"{name}某"
        for login in ("partner", "partner2"):
            firm = Organisation(
                community_id=community.id, name=f"{login}社", kind="social", created_at=NOW
            )
            session.add(firm)
            session.flush()
            session.add(
                Staff(
                    login=login,
                    name=login,
                    role=Role.PARTNER.value,
                    scope_path="/HPJD/demo/",
                    organisation_id=firm.id,
                    password_hash="-",
                    created_at=NOW,
                )
            )

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def do(self, work: Callable[[Session], T]) -> T:
        return self.database.write_now(work)

    def see(self, work: Callable[[Session], T]) -> T:
        return self.database.read_now(work)

    def told(self, name: str) -> list[str]:
        """What was sent to a resident, the oldest first."""
        return self.see(
            lambda s: list(
                s.scalars(
                    select(OutboxMessage.text)
                    .join(Resident, Resident.id == OutboxMessage.resident_id)
                    .where(Resident.openid == name)
                    .order_by(OutboxMessage.id)
                )
            )
        )


def who(session: Session, name: str) -> Resident:
    """A resident by the name of NAMES."""
    return session.scalars(select(Resident).where(Resident.openid == name)).one()


def staff(session: Session, login: str) -> Staff:
    """A member of staff by login."""
    return session.scalars(select(Staff).where(Staff.login == login)).one()
