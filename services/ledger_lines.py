"""Statements: the lines of an account, newest first, with the balance after each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.ledger import LedgerAccount, LedgerEntry

_ENDLESS = 2**31 - 1
_HALVES = tuple(
    select(LedgerEntry)
    .where(side == bindparam("account"), LedgerEntry.number < bindparam("before"))
    .order_by(LedgerEntry.number.desc())
    .limit(bindparam("most"))
    for side in (LedgerEntry.from_account_id, LedgerEntry.to_account_id)
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: `change` is below zero for what went out, `balance` that after."""

    entry: LedgerEntry
    change: int
    balance: int


def lines(session: Session, of: LedgerAccount, limit: int, before: int | None = None) -> list[Line]:
    """The last lines of an account; two short walks along its indexes, however long it is."""
    asked = {"account": of.id, "before": before or _ENDLESS, "most": limit}
    found = [entry for half in _HALVES for entry in session.scalars(half, asked)]
    found.sort(key=lambda entry: -entry.number)
    return [_line(entry, of) for entry in found[:limit]]


def _line(entry: LedgerEntry, of: LedgerAccount) -> Line:
    if entry.from_account_id == of.id:
        return Line(entry, -entry.amount, entry.from_balance)
    return Line(entry, entry.amount, entry.to_balance)
