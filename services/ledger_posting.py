"""The one place where the ledger is written: a movement becomes an entry, balances and lots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import ledger_chain, ledger_lots
from services.ledger_accounts import (
    PERSONAL,
    RECORDS,
    Owner,
    Purse,
    Unit,
    account,
    amount_words,
    hold,
)
from services.ledger_lots import Portion
from services.points_terms import expiry, terms_of
from storage.ledger import LedgerAccount, LedgerEntry
from storage.points import PointRuleVersion
from storage.residents import Resident
from storage.staff import Staff


class Kind(StrEnum):
    """What a movement is; the value is stored."""

    CREDIT = "credit"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"
    RESERVE = "reserve"
    RETURN = "return"
    SETTLE = "settle"
    EXPIRE = "expire"
    REVERSE = "reverse"


REVERSIBLE = frozenset({Kind.CREDIT, Kind.TRANSFER, Kind.WITHDRAW})
RECORDING = frozenset({Kind.CREDIT, Kind.WITHDRAW})


class LedgerRefusal(Exception):
    """A movement that is not made; the message tells a resident or staff why."""


class Insufficient(LedgerRefusal):
    """There is less in the purse than the movement takes; `balance` is what there is."""

    def __init__(self, unit: Unit, balance: int, amount: int) -> None:
        have, want = amount_words(unit, balance), amount_words(unit, amount)
        super().__init__(f"余额不够：现有 {have}，需要 {want}")
        self.balance = balance


class NotReversible(LedgerRefusal):
    """This entry cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement to be made; `resident` is whose doing it is."""

    unit: Unit
    kind: Kind
    giver: Owner
    taker: Owner
    amount: int
    source: str
    reason: str
    resident: Resident | None = None
    staff: Staff | None = None
    rule: PointRuleVersion | None = None
    reverses: LedgerEntry | None = None


def post(session: Session, community_id: int, made: Movement, now: datetime) -> LedgerEntry:
    """Writes a movement, or returns the entry that its source has already.

    Raises Insufficient, LedgerRefusal where giver and taker are the same purse.
    """
    if made.amount <= 0:
        raise ValueError("an amount is a whole number above zero")
    if made.unit in RECORDS and made.kind not in RECORDING:
        raise LedgerRefusal("志愿服务时长只能记入和更正，不能花用或转给别人")
    head = hold(session, community_id)
    found = by_source(session, community_id, made.source)
    if found is not None:
        return found
    if made.giver == made.taker:
        raise LedgerRefusal("两边是同一个账户，不用转")
    giver = account(session, community_id, made.unit, made.giver, now)
    taker = account(session, community_id, made.unit, made.taker, now)
    if made.giver.purse is not Purse.ISSUE and giver.balance < made.amount:
        raise Insufficient(made.unit, giver.balance, made.amount)
    giver.balance -= made.amount
    taker.balance += made.amount
    entry = _entry(giver, taker, made, now)
    ledger_chain.link(entry, head.number, head.hash)
    head.number, head.hash = entry.number, entry.hash
    session.add(entry)
    session.flush()
    _move_lots(session, (giver, taker), entry, made, now)
    session.flush()
    return entry


def _entry(
    giver: LedgerAccount, taker: LedgerAccount, made: Movement, now: datetime
) -> LedgerEntry:
    return LedgerEntry(
        community_id=giver.community_id,
        unit=made.unit.value,
        kind=made.kind.value,
        from_account_id=giver.id,
        to_account_id=taker.id,
        amount=made.amount,
        from_balance=giver.balance,
        to_balance=taker.balance,
        source=made.source,
        reason=made.reason[:120],
        resident_id=made.resident.id if made.resident else None,
        rule_version_id=made.rule.id if made.rule else None,
        staff_id=made.staff.id if made.staff else None,
        reverses_id=made.reverses.id if made.reverses else None,
        at=now,
    )


def _move_lots(
    session: Session,
    accounts: tuple[LedgerAccount, LedgerAccount],
    entry: LedgerEntry,
    made: Movement,
    now: datetime,
) -> None:
    giver, taker = accounts
    back = made.reverses.id if made.reverses else None
    taken = ledger_lots.take(session, giver, entry, back) if made.giver.purse in PERSONAL else []
    if made.taker.purse not in PERSONAL:
        return
    kept = ledger_lots.taken_by(session, back) if back else taken
    life = terms_of(session, entry.community_id).life_months if made.unit is Unit.POINTS else 0
    fresh = [Portion(entry.amount, expiry(life, now))]
    ledger_lots.give(session, taker, entry, kept or fresh)


def by_source(session: Session, community_id: int, source: str) -> LedgerEntry | None:
    """The entry that a cause has made, None where it has made none."""
    return session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.community_id == community_id, LedgerEntry.source == source
        )
    )


def owner_at(session: Session, account_id: int) -> Owner:
    """Whose account that is."""
    row = session.get_one(LedgerAccount, account_id)
    return Owner(Purse(row.kind), row.resident_id or row.household_id)
