"""The double-entry ledger of points and hours (积分、时间账本): accounts, entries, lots, months.

One entry moves an amount from one account to another, so the sum over all accounts of a unit is
zero by construction. Entries are hash-chained within their community and are never changed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity


class LedgerHead(Base):
    """The last entry of a community's ledger; whoever writes an entry holds this row."""

    __tablename__ = "ledger_heads"

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class LedgerAccount(Keyed, OfCommunity, Base):
    """A place where points or minutes lie. Only 发放 (issue) may go below zero: it is the source.

    `owner` is `resident:7`, `household:3`, or the kind itself for the accounts of the community.
    `balance` is the sum of the entries, kept beside them by the transaction that adds one.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        Index("uq_ledger_accounts_owner", "community_id", "unit", "owner", unique=True),
        CheckConstraint("kind = 'issue' OR balance >= 0", "ck_ledger_accounts_balance"),
    )

    unit: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(12))
    owner: Mapped[str] = mapped_column(String(40))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    balance: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class LedgerEntry(Keyed, OfCommunity, Base):
    """One movement; never changed, never removed (guarded by triggers).

    `amount` is in points or minutes. `number` counts the entries of a community without a gap,
    `source` names the cause and is there once. `resident_id` is whose doing it was, which in a
    household is not told by the account. The two balances are those after the entry.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index("uq_ledger_entries_number", "community_id", "number", unique=True),
        Index("uq_ledger_entries_source", "community_id", "source", unique=True),
        Index("ix_ledger_entries_from", "from_account_id", "number"),
        Index("ix_ledger_entries_to", "to_account_id", "number"),
        Index("ix_ledger_entries_at", "community_id", "unit", "at"),
        Index("ix_ledger_entries_resident_id", "resident_id", "number"),
        CheckConstraint("amount > 0", "ck_ledger_entries_amount"),
        CheckConstraint("from_account_id <> to_account_id", "ck_ledger_entries_accounts"),
    )

    number: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(12))
    from_account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount: Mapped[int]
    from_balance: Mapped[int]
    to_balance: Mapped[int]
    source: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(120))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    rule_version_id: Mapped[int | None] = mapped_column(ForeignKey("point_rule_versions.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LedgerLot(Keyed, OfCommunity, Base):
    """What one entry brought into a purse; `rest` is what is still there, the oldest goes first.

    `warned` is the number of days before the expiry at which the last warning went out.
    """

    __tablename__ = "ledger_lots"
    __table_args__ = (
        Index(
            "ix_ledger_lots_left",
            "account_id",
            "expires_at",
            sqlite_where=text("rest > 0"),
            postgresql_where=text("rest > 0"),
        ),
        Index(
            "ix_ledger_lots_expires_at",
            "expires_at",
            sqlite_where=text("rest > 0"),
            postgresql_where=text("rest > 0"),
        ),
        CheckConstraint("rest >= 0 AND rest <= amount", "ck_ledger_lots_left"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"), index=True)
    amount: Mapped[int]
    rest: Mapped[int]
    expires_at: Mapped[datetime | None]
    warned: Mapped[int | None]


class LedgerLotUse(Keyed, Base):
    """How much of a lot an entry took; never changed, so that what is given back keeps its day."""

    __tablename__ = "ledger_lot_uses"
    __table_args__ = (CheckConstraint("amount > 0", "ck_ledger_lot_uses_amount"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("ledger_lots.id"))
    amount: Mapped[int]


class LedgerMonth(Keyed, OfCommunity, Base):
    """The published figures of a month that is over; never changed (积分公示).

    `month` is `2026-03`. `number` and `hash` are those of the last entry of the month, `signature`
    that of the deployment over all figures.
    """

    __tablename__ = "ledger_months"
    __table_args__ = (Index("uq_ledger_months", "community_id", "unit", "month", unique=True),)

    unit: Mapped[str] = mapped_column(String(8))
    month: Mapped[str] = mapped_column(String(7))
    issued: Mapped[int]
    redeemed: Mapped[int]
    expired: Mapped[int]
    withdrawn: Mapped[int]
    reserved: Mapped[int]
    outstanding: Mapped[int]
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    closed_at: Mapped[datetime]
