"""Statements: the lines of an account, newest first, with the balance after each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session, aliased

from storage.ledger import LedgerAccount, LedgerEntry


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: `change` is below zero for what went out, `balance` that after."""

    entry: LedgerEntry
    change: int
    balance: int


def lines(session: Session, of: LedgerAccount, limit: int, before: int | None = None) -> list[Line]:
    """The last lines of an account; two short walks along its indexes, however long it is."""
    halves = []
    for side in (LedgerEntry.from_account_id, LedgerEntry.to_account_id):
        half = select(LedgerEntry).where(side == of.id)
        if before is not None:
            half = half.where(LedgerEntry.number < before)
        newest = half.order_by(LedgerEntry.number.desc()).limit(limit).subquery()
        halves.append(select(newest))
    both = union_all(*halves).subquery()
    row = aliased(LedgerEntry, both)
    found = session.scalars(select(row).order_by(row.number.desc()).limit(limit))
    return [_line(entry, of) for entry in found]


def _line(entry: LedgerEntry, of: LedgerAccount) -> Line:
    if entry.from_account_id == of.id:
        return Line(entry, -entry.amount, entry.from_balance)
    return Line(entry, entry.amount, entry.to_balance)
