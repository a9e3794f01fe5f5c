"""The hash chain over a community's entries, and the check that nothing in it was changed."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.chain import GENESIS, BrokenChainError, Event, append
from storage.ledger import LedgerAccount, LedgerEntry, LedgerHead


def payload(entry: LedgerEntry) -> dict[str, Any]:
    """What of an entry is under its hash: everything but its number, kind and the hashes."""
    return {
        "unit": entry.unit,
        "from": entry.from_account_id,
        "to": entry.to_account_id,
        "amount": entry.amount,
        "from_balance": entry.from_balance,
        "to_balance": entry.to_balance,
        "source": entry.source,
        "reason": entry.reason,
        "resident": entry.resident_id,
        "rule_version": entry.rule_version_id,
        "staff": entry.staff_id,
        "reverses": entry.reverses_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def event_of(entry: LedgerEntry) -> Event:
    """An entry as a link of the chain, with the hashes that are stored."""
    return Event(entry.number, entry.kind, payload(entry), entry.previous, entry.hash)


def link(entry: LedgerEntry, number: int, previous: str) -> None:
    """Gives an entry its place in the chain after the one with this number and hash."""
    last = Event(number, "", {}, "", previous) if number else None
    made = append(last, entry.kind, payload(entry))
    entry.number, entry.previous, entry.hash = made.sequence, made.previous, made.hash


def head(session: Session, community_id: int) -> LedgerHead | None:
    """The last entry of a community; None where nothing was ever written."""
    return session.get(LedgerHead, community_id)


def check(session: Session, community_id: int) -> int:
    """Reads the whole ledger of a community again; returns how many entries it has.

    Raises BrokenChainError with the number of the first entry that is not what was written, that
    is missing, or after which a balance is not the sum of the entries.
    """
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.community_id == community_id)
        .order_by(LedgerEntry.number)
        .execution_options(yield_per=1000)
    )
    number, previous, sums = 0, GENESIS, dict[int, int]()
    for entry in session.scalars(query):
        _check_link(entry, number, previous)
        number, previous = entry.number, entry.hash
        for account, change, balance in (
            (entry.from_account_id, -entry.amount, entry.from_balance),
            (entry.to_account_id, entry.amount, entry.to_balance),
        ):
            sums[account] = sums.get(account, 0) + change
            if sums[account] != balance:
                raise BrokenChainError(number, f"account {account} does not add up")
    _check_accounts(session, community_id, sums, number)
    return number


def _check_link(entry: LedgerEntry, number: int, previous: str) -> None:
    if entry.number != number + 1:
        raise BrokenChainError(number + 1, "is missing")
    last = Event(number, "", {}, "", previous) if number else None
    if append(last, entry.kind, payload(entry)) != event_of(entry):
        raise BrokenChainError(entry.number, "is not what was written")


def _check_accounts(session: Session, community_id: int, sums: dict[int, int], number: int) -> None:
    query = select(LedgerAccount).where(LedgerAccount.community_id == community_id)
    for account in session.scalars(query):
        if account.balance != sums.get(account.id, 0):
            raise BrokenChainError(number, f"the balance of account {account.id} is another")
