"""Points that end: warned 30 and 7 days ahead, then taken out by an entry like any other."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import households, outbox
from services.calendar import CHINA
from services.ledger_accounts import EXPIRED, Purse, Unit, amount_words, hold
from services.ledger_posting import Kind, Movement, owner_at, post
from storage.households import Household
from storage.ledger import LedgerAccount, LedgerLot
from storage.residents import Resident

WARN_DAYS = (7, 30)
"""Days ahead, the nearest first: who was not reached 30 days ahead hears of it once, not twice."""


def warn_due(session: Session, now: datetime, limit: int = 200) -> int:
    """Tells those whose points end soon; returns how many lots were warned of."""
    warned = 0
    for days in WARN_DAYS:
        query = (
            select(LedgerLot)
            .where(
                LedgerLot.rest > 0,
                LedgerLot.expires_at > now,
                LedgerLot.expires_at <= now + timedelta(days=days),
                LedgerLot.warned.is_(None) | (LedgerLot.warned > days),
            )
            .order_by(LedgerLot.expires_at, LedgerLot.account_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        lots = session.scalars(query).all()
        sums: dict[tuple[int, datetime], int] = {}
        for lot in lots:
            lot.warned = days
            if lot.expires_at is not None:
                key = lot.account_id, lot.expires_at
                sums[key] = sums.get(key, 0) + lot.rest
        for (account_id, end), amount in sums.items():
            _warn(session, session.get_one(LedgerAccount, account_id), amount, end, days, now)
        warned += len(lots)
    return warned


def _warn(
    session: Session, account: LedgerAccount, amount: int, end: datetime, days: int, now: datetime
) -> None:
    last = (end - timedelta(seconds=1)).astimezone(CHINA)
    what = amount_words(Unit(account.unit), amount)
    text = f"您有 {what} {last.month}月{last.day}日到期，到期后不能再用。回复“兑换”看能换什么。"
    for resident in _people(session, account):
        source = f"expiry:{account.id}:{last.date()}:{days}:{resident.id}"
        outbox.post(session, resident, text, source=source, now=now)


def _people(session: Session, account: LedgerAccount) -> list[Resident]:
    """Who the points of an account belong to."""
    if account.kind == Purse.HOUSEHOLD:
        household = session.get_one(Household, account.household_id)
        return households.members(session, household)
    return [session.get_one(Resident, account.resident_id)]


def expire_due(session: Session, now: datetime, limit: int = 50) -> int:
    """Takes out what has ended, one entry for each lot; returns how many."""
    query = (
        select(LedgerLot.id, LedgerLot.community_id)
        .where(LedgerLot.rest > 0, LedgerLot.expires_at <= now)
        .order_by(LedgerLot.expires_at, LedgerLot.id)
        .limit(limit)
    )
    expired = 0
    for lot_id, community_id in session.execute(query).all():
        hold(session, community_id)
        expired += _expire(session, session.get_one(LedgerLot, lot_id), now)
    return expired


def _expire(session: Session, lot: LedgerLot, now: datetime) -> int:
    session.refresh(lot)
    if not lot.rest:
        return 0
    account = session.get_one(LedgerAccount, lot.account_id)
    made = Movement(
        Unit(account.unit),
        Kind.EXPIRE,
        owner_at(session, account.id),
        EXPIRED,
        lot.rest,
        f"expire:{lot.id}",
        "到期",
    )
    post(session, account.community_id, made, now)
    return 1
