"""Accounts of the ledger: whose purse it is, what the units are called, who holds the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from deliberation.chain import GENESIS
from storage.households import HouseholdMember
from storage.insert import insert_ignoring
from storage.ledger import LedgerAccount, LedgerHead
from storage.residents import Resident


class Unit(StrEnum):
    """What is counted: points, and whole minutes of hours that were checked in or back-filled."""

    POINTS = "points"
    HOURS = "hours"
    HONOUR = "honour"


UNIT_NAMES = {Unit.POINTS: "积分", Unit.HOURS: "信用时", Unit.HONOUR: "荣誉时"}


class Purse(StrEnum):
    """What kind of account it is. All but ISSUE stay at zero or above."""

    RESIDENT = "resident"
    HOUSEHOLD = "household"
    ISSUE = "issue"
    RESERVE = "reserve"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


PERSONAL = frozenset({Purse.RESIDENT, Purse.HOUSEHOLD})


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account: a resident, a household, or the community for one purpose."""

    purse: Purse
    id: int | None = None

    @property
    def key(self) -> str:
        return f"{self.purse}:{self.id}" if self.id else self.purse.value


ISSUE, RESERVE = Owner(Purse.ISSUE), Owner(Purse.RESERVE)
REDEEMED, EXPIRED = Owner(Purse.REDEEMED), Owner(Purse.EXPIRED)
WITHDRAWN = Owner(Purse.WITHDRAWN)


def amount_words(unit: Unit, amount: int) -> str:
    """An amount as one says it: 20 分; 1 小时 30 分钟."""
    if unit is Unit.POINTS:
        return f"{amount} 分"
    hours, minutes = divmod(amount, 60)
    parts = [f"{hours} 小时"] if hours else []
    return " ".join([*parts, f"{minutes} 分钟"] if minutes or not hours else parts)


def hold(session: Session, community_id: int) -> LedgerHead:
    """The head of a community's ledger, held until the transaction ends.

    Whoever changes a balance holds it first, so changes come one after the other, whatever the
    number of connections. Take it last: rows that others may hold meanwhile are locked before.
    """
    session.execute(
        insert_ignoring(session, LedgerHead).values(
            community_id=community_id, number=0, hash=GENESIS
        )
    )
    query = select(LedgerHead).where(LedgerHead.community_id == community_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


_HOUSEHOLD = select(HouseholdMember.household_id).where(
    HouseholdMember.resident_id == bindparam("resident"), HouseholdMember.left_at.is_(None)
)
_ACCOUNT = (
    select(LedgerAccount)
    .where(
        LedgerAccount.community_id == bindparam("community"),
        LedgerAccount.unit == bindparam("unit"),
        LedgerAccount.owner == bindparam("owner"),
    )
    .execution_options(populate_existing=True)
)


def owner_of(session: Session, resident: Resident, unit: Unit) -> Owner:
    """Whose purse a resident's amounts lie in: points in that of the household, if there is one."""
    if unit is Unit.POINTS:
        household = session.scalar(_HOUSEHOLD, {"resident": resident.id})
        if household is not None:
            return Owner(Purse.HOUSEHOLD, household)
    return Owner(Purse.RESIDENT, resident.id)


def landing(session: Session, owner: Owner, unit: Unit, resident: Resident | None) -> Owner:
    """Where the amounts of an older entry lie now: who has joined a household since took them
    along, and those of a household that nobody lives in any more went to who acted.
    """
    if owner.purse is Purse.RESIDENT:
        return owner_of(session, session.get_one(Resident, owner.id), unit)
    if owner.purse is Purse.HOUSEHOLD and resident is not None:
        lived = select(HouseholdMember.id).where(
            HouseholdMember.household_id == owner.id, HouseholdMember.left_at.is_(None)
        )
        if session.scalar(lived.limit(1)) is None:
            return owner_of(session, resident, unit)
    return owner


def find(session: Session, community_id: int, unit: Unit, owner: Owner) -> LedgerAccount | None:
    """The account as the database has it now; None where nothing ever moved."""
    wanted = {"community": community_id, "unit": unit.value, "owner": owner.key}
    return session.scalars(_ACCOUNT, wanted).one_or_none()


def account(
    session: Session, community_id: int, unit: Unit, owner: Owner, now: datetime
) -> LedgerAccount:
    """The account, opened where there is none; the caller holds the head."""
    found = find(session, community_id, unit, owner)
    if found is not None:
        return found
    opened = LedgerAccount(
        community_id=community_id,
        unit=unit.value,
        kind=owner.purse.value,
        owner=owner.key,
        resident_id=owner.id if owner.purse is Purse.RESIDENT else None,
        household_id=owner.id if owner.purse is Purse.HOUSEHOLD else None,
        balance=0,
        created_at=now,
    )
    session.add(opened)
    session.flush()
    return opened
