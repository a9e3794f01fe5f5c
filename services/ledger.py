"""The ledger of points and hours: every movement once, in both accounts, never changed.

Amounts are whole points or whole minutes. `source` names the cause of a movement within a
community: what was written under it before is returned and nothing moves a second time. The
callers decide who may; here is kept what is true of every movement: nobody goes below zero, the
sum over all accounts is zero, what ends first is spent first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import audit
from services.ledger_accounts import (
    ISSUE,
    WITHDRAWN,
    Unit,
    find,
    hold,
    landing,
    owner_of,
)
from services.ledger_lines import Line, lines
from services.ledger_posting import (
    REVERSIBLE,
    Insufficient,
    Kind,
    LedgerRefusal,
    Movement,
    NotReversible,
    owner_at,
    post,
)
from storage.ledger import LedgerAccount, LedgerEntry
from storage.points import PointRuleVersion
from storage.residents import Resident
from storage.staff import Staff

__all__ = [
    "Insufficient",
    "Kind",
    "LedgerRefusal",
    "Line",
    "NotReversible",
    "Unit",
    "balance",
    "credit",
    "purse",
    "reverse",
    "statement",
    "transfer",
    "withdraw",
]


def credit(  # noqa: PLR0913 - every one of them is part of what is written down
    session: Session,
    resident: Resident,
    unit: Unit,
    amount: int,
    source: str,
    reason: str,
    now: datetime,
    *,
    actor: Staff | None = None,
    rule: PointRuleVersion | None = None,
) -> LedgerEntry:
    """Gives an amount (> 0) to a resident; points live as long as the terms say."""
    hold(session, resident.community_id)
    taker = owner_of(session, resident, unit)
    made = Movement(unit, Kind.CREDIT, ISSUE, taker, amount, source, reason, resident, actor, rule)
    return post(session, resident.community_id, made, now)


def withdraw(  # noqa: PLR0913 - every one of them is part of what is written down
    session: Session,
    resident: Resident,
    unit: Unit,
    amount: int,
    source: str,
    reason: str,
    now: datetime,
    *,
    actor: Staff | None = None,
    rule: PointRuleVersion | None = None,
) -> LedgerEntry:
    """Takes an amount (> 0) away by a rule (扣分); raises Insufficient."""
    hold(session, resident.community_id)
    giver = owner_of(session, resident, unit)
    made = Movement(
        unit, Kind.WITHDRAW, giver, WITHDRAWN, amount, source, reason, resident, actor, rule
    )
    return post(session, resident.community_id, made, now)


def transfer(  # noqa: PLR0913 - every one of them is part of what is written down
    session: Session,
    from_resident: Resident,
    to_resident: Resident,
    unit: Unit,
    amount: int,
    source: str,
    reason: str,
    now: datetime,
    *,
    actor: Staff | None = None,
) -> LedgerEntry:
    """Moves an amount (> 0) between two residents; what moves keeps its day of expiry.

    Raises Insufficient, LedgerRefusal where both have one purse, ValueError for two communities.
    """
    if from_resident.community_id != to_resident.community_id:
        raise ValueError("nothing moves between communities")
    hold(session, from_resident.community_id)
    giver = owner_of(session, from_resident, unit)
    taker = owner_of(session, to_resident, unit)
    made = Movement(unit, Kind.TRANSFER, giver, taker, amount, source, reason, from_resident, actor)
    return post(session, from_resident.community_id, made, now)


def reverse(
    session: Session, entry: LedgerEntry, reason: str, staff: Staff | None, now: datetime
) -> LedgerEntry:
    """Takes an entry back by a new one, once; raises NotReversible, Insufficient.

    What it brought is taken from what is left of it first; what it took comes back with the days
    it had.
    """
    if Kind(entry.kind) not in REVERSIBLE:
        raise NotReversible("这一笔不能冲正")
    if not reason.strip():
        raise NotReversible("请写明冲正的原因")
    hold(session, entry.community_id)
    unit = Unit(entry.unit)
    resident = session.get(Resident, entry.resident_id) if entry.resident_id else None
    made = Movement(
        unit,
        Kind.REVERSE,
        landing(session, owner_at(session, entry.to_account_id), unit, resident),
        landing(session, owner_at(session, entry.from_account_id), unit, resident),
        entry.amount,
        f"reverse:{entry.id}",
        reason.strip(),
        resident,
        staff,
        reverses=entry,
    )
    posted = post(session, entry.community_id, made, now)
    if staff is not None:
        audit.record(session, now, staff, "ledger.reverse", entry, reason=reason.strip())
    return posted


def balance(session: Session, resident: Resident, unit: Unit) -> int:
    """What a resident has: points of the household where there is one, else their own."""
    found = purse(session, resident, unit)
    return found.balance if found else 0


def purse(session: Session, resident: Resident, unit: Unit) -> LedgerAccount | None:
    """The account that a resident's amounts lie in; None before the first movement."""
    return find(session, resident.community_id, unit, owner_of(session, resident, unit))


def statement(
    session: Session, resident: Resident, unit: Unit, limit: int = 10, before: int | None = None
) -> list[Line]:
    """The last lines of a resident's purse, newest first; `before` is the number of an entry."""
    found = purse(session, resident, unit)
    return lines(session, found, limit, before) if found else []
