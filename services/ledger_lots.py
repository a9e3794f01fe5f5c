"""Lots: what came in together ends together, and what ends first is spent first (FIFO)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ledger import LedgerAccount, LedgerEntry, LedgerLot, LedgerLotUse


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of an amount with the moment at which it expires; None for never."""

    amount: int
    expires_at: datetime | None


def take(
    session: Session, account: LedgerAccount, entry: LedgerEntry, first: int | None = None
) -> list[Portion]:
    """Takes the amount of `entry` out of the lots of a purse, the earliest expiry first.

    The lots that the entry with id `first` brought go before all others.
    """
    query = (
        select(LedgerLot)
        .where(LedgerLot.account_id == account.id, LedgerLot.rest > 0)
        .order_by(LedgerLot.expires_at.is_(None), LedgerLot.expires_at, LedgerLot.id)
    )
    lots = session.scalars(query, execution_options={"populate_existing": True}).all()
    portions, missing = [], entry.amount
    for lot in sorted(lots, key=lambda lot: lot.entry_id != first):
        part = min(lot.rest, missing)
        if not part:
            break
        lot.rest -= part
        missing -= part
        session.add(LedgerLotUse(entry_id=entry.id, lot_id=lot.id, amount=part))
        portions.append(Portion(part, lot.expires_at))
    if missing:
        raise AssertionError(f"lots of account {account.id} do not add up to its balance")
    return portions


def give(
    session: Session, account: LedgerAccount, entry: LedgerEntry, portions: Iterable[Portion]
) -> None:
    """Puts what an entry brings into a purse, one lot for each moment of expiry."""
    sums: dict[datetime | None, int] = {}
    for portion in portions:
        sums[portion.expires_at] = sums.get(portion.expires_at, 0) + portion.amount
    for expires_at, amount in sums.items():
        session.add(
            LedgerLot(
                community_id=account.community_id,
                account_id=account.id,
                entry_id=entry.id,
                amount=amount,
                rest=amount,
                expires_at=expires_at,
            )
        )


def taken_by(session: Session, entry_id: int) -> list[Portion]:
    """What an entry took out of a purse, with the days it had; empty where it took from none."""
    query = (
        select(LedgerLotUse.amount, LedgerLot.expires_at)
        .join(LedgerLot, LedgerLot.id == LedgerLotUse.lot_id)
        .where(LedgerLotUse.entry_id == entry_id)
        .order_by(LedgerLotUse.id)
    )
    return [Portion(amount, expires_at) for amount, expires_at in session.execute(query)]


def ending(session: Session, account: LedgerAccount) -> Portion | None:
    """What of a purse ends next, and when; None where nothing ever ends."""
    query = (
        select(LedgerLot.rest, LedgerLot.expires_at)
        .where(
            LedgerLot.account_id == account.id,
            LedgerLot.rest > 0,
            LedgerLot.expires_at.is_not(None),
        )
        .order_by(LedgerLot.expires_at)
    )
    found = session.execute(query).all()
    if not found:
        return None
    first = found[0][1]
    return Portion(sum(rest for rest, expires_at in found if expires_at == first), first)
