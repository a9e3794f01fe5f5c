"""A slow reference of the ledger: replays the entries of a community with lists and loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ledger import LedgerAccount, LedgerEntry, LedgerLot

EAST_8 = timedelta(hours=8)
Pile = list[tuple[str, int, int]]
"""Moments of expiry ("9999" for never), the entry that brought it, and what is left of it."""


@dataclass
class Replay:
    """What the entries alone say about every account."""

    balances: dict[int, int] = field(default_factory=dict)
    piles: dict[int, Pile] = field(default_factory=dict)
    taken: dict[int, Pile] = field(default_factory=dict)


def replay(session: Session, community_id: int) -> Replay:
    """Plays all entries again, in the order of their numbers."""
    people = {
        row.id: row.kind in ("resident", "household")
        for row in session.scalars(
            select(LedgerAccount).where(LedgerAccount.community_id == community_id)
        )
    }
    found = Replay()
    entries = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.community_id == community_id)
        .order_by(LedgerEntry.number)
    )
    for entry in entries:
        giver, taker = entry.from_account_id, entry.to_account_id
        found.balances[giver] = found.balances.get(giver, 0) - entry.amount
        found.balances[taker] = found.balances.get(taker, 0) + entry.amount
        if people[giver]:
            assert found.balances[giver] >= 0, f"entry {entry.number} went below zero"
            found.taken[entry.id] = _take(found.piles[giver], entry)
        if people[taker]:
            _give(found, entry, taker)
    return found


def _take(pile: Pile, entry: LedgerEntry) -> Pile:
    taken: Pile = []
    missing = entry.amount
    while missing:
        first = min(pile, key=lambda lot: (lot[1] != entry.reverses_id, lot[0], pile.index(lot)))
        part = min(first[2], missing)
        missing -= part
        at = pile.index(first)
        pile[at : at + 1] = [(*first[:2], first[2] - part)] if first[2] > part else []
        taken.append((first[0], entry.id, part))
        if entry.kind == "expire" and entry.reason == "到期":
            assert first[0] <= entry.at.isoformat(), "expired before its day"
    return taken


def _give(found: Replay, entry: LedgerEntry, taker: int) -> None:
    back = found.taken.get(entry.reverses_id or 0) if entry.reverses_id else None
    brought = back or found.taken.get(entry.id) or [(_end(entry), entry.id, entry.amount)]
    sums: dict[str, int] = {}
    for end, _, amount in brought:
        sums[end] = sums.get(end, 0) + amount
    pile = found.piles.setdefault(taker, [])
    pile.extend((end, entry.id, amount) for end, amount in sums.items())


def _end(entry: LedgerEntry) -> str:
    """The end of the same month a year on, found by walking; never for hours."""
    if entry.unit != "points":
        return "9999"
    local = entry.at + EAST_8
    day = datetime(local.year + 1, local.month, 1, tzinfo=UTC)
    while day.month == local.month:
        day += timedelta(days=1)
    return (day - EAST_8).isoformat()


def stored_piles(session: Session, community_id: int) -> dict[int, list[tuple[str, int]]]:
    """The lots as the database has them: what is left by moment of expiry."""
    lots = session.scalars(
        select(LedgerLot).where(LedgerLot.community_id == community_id, LedgerLot.rest > 0)
    )
    return summed(
        [
            (lot.account_id, lot.expires_at.isoformat() if lot.expires_at else "9999", lot.rest)
            for lot in lots
        ]
    )


def summed(rows: list[Any]) -> dict[int, list[tuple[str, int]]]:
    """What is left by account and moment, sorted."""
    sums: dict[int, dict[str, int]] = {}
    for account, end, amount in rows:
        ends = sums.setdefault(account, {})
        ends[end] = ends.get(end, 0) + amount
    return {account: sorted(ends.items()) for account, ends in sums.items()}
