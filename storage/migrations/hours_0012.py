"""Takes volunteer hours over into the ledger, and back out of it: the data of migration 0012.

Frozen with the migration, so it says itself how an entry is hashed and how lots are used up, and
leans on nothing of the program that may change later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, Table

UNITS = {"credit": "service", "honour": "honour"}
NAMES = {"credit": "信用时长", "honour": "荣誉时长"}
GENESIS = "0" * 64


class HoursDiffer(RuntimeError):
    """The ledger would not say the same as the hours did; nothing is changed."""


@dataclass
class Books:
    """The tables that are read and written, as they are at this revision."""

    connection: Connection
    meta: sa.MetaData = field(default_factory=sa.MetaData)

    def table(self, name: str) -> Table:
        return sa.Table(name, self.meta, autoload_with=self.connection)

    def rows(self, query: Any) -> Sequence[Any]:
        """The rows of a query over tables that are only known when they are read."""
        return self.connection.execute(query).all()

    def insert(self, name: str, **values: object) -> int:
        """Adds a row; returns its id."""
        table = self.table(name)
        made = self.connection.execute(table.insert().values(values))
        return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0

    def change(self, name: str, row_id: int, **values: object) -> None:
        table = self.table(name)
        self.connection.execute(table.update().where(table.c.id == row_id).values(values))


def take_over(connection: Connection) -> None:
    """Every row of hour_entries becomes an entry of the ledger, in the order they were added.

    A row that a downgrade has put back finds the entry that it came from. Raises HoursDiffer when
    a total is not what it was.
    """
    books = Books(connection)
    hours = books.table("hour_entries")
    posted: dict[int, int] = {}
    for row in books.rows(sa.select(hours).order_by(hours.c.id)):
        posted[row.id] = _entry_id(books, row) or _post(books, row)
        books.insert(
            "service_records",
            entry_id=posted[row.id],
            community_id=row.community_id,
            served_on=row.served_on,
            reason=row.reason,
            occasion_id=row.occasion_id,
            corrects_id=posted[row.corrects_id] if row.corrects_id else None,
        )
    _compare(books)


def _entry_id(books: Books, row: Row[Any]) -> int | None:
    entries = books.table("ledger_entries")
    found = sa.select(entries.c.id).where(
        entries.c.community_id == row.community_id, entries.c.source == f"hours:{row.source}"
    )
    return books.connection.scalar(found)


def _post(books: Books, row: Row[Any]) -> int:
    person, issue, withdrawn = (
        _account(books, row, kind) for kind in ("resident", "issue", "withdrawn")
    )
    giver, taker = (issue, person) if row.minutes > 0 else (person, withdrawn)
    amount = abs(row.minutes)
    left = {one.id: one.balance for one in (giver, taker)}
    left[giver.id] -= amount
    left[taker.id] += amount
    for one in (giver, taker):
        books.change("ledger_accounts", one.id, balance=left[one.id])
    made = {
        "unit": UNITS[row.kind],
        "from_account_id": giver.id,
        "to_account_id": taker.id,
        "amount": amount,
        "from_balance": left[giver.id],
        "to_balance": left[taker.id],
        "source": f"hours:{row.source}",
        "reason": ("更正" if row.corrects_id else "") + NAMES[row.kind],
        "resident_id": row.resident_id,
        "rule_version_id": None,
        "staff_id": row.staff_id,
        "reverses_id": None,
        "at": row.at,
    }
    entry_id = _chain(books, row.community_id, "credit" if row.minutes > 0 else "withdraw", made)
    _lots(books, row.community_id, person.id, entry_id, row.minutes)
    return entry_id


def _account(books: Books, row: Row[Any], kind: str) -> Any:
    """The account of a kind for the unit of a row, opened where there is none."""
    accounts = books.table("ledger_accounts")
    owner = f"resident:{row.resident_id}" if kind == "resident" else kind
    query = sa.select(accounts).where(
        accounts.c.community_id == row.community_id,
        accounts.c.unit == UNITS[row.kind],
        accounts.c.owner == owner,
    )
    if not books.rows(query):
        books.insert(
            "ledger_accounts",
            community_id=row.community_id,
            unit=UNITS[row.kind],
            kind=kind,
            owner=owner,
            resident_id=row.resident_id if kind == "resident" else None,
            balance=0,
            created_at=row.at,
        )
    return books.rows(query)[0]


def _chain(books: Books, community_id: int, kind: str, made: dict[str, Any]) -> int:
    """Hangs an entry on the chain of its community."""
    heads = books.table("ledger_heads")
    mine = heads.c.community_id == community_id
    found = books.rows(sa.select(heads).where(mine))
    if not found:
        books.connection.execute(
            heads.insert().values(community_id=community_id, number=0, hash=GENESIS)
        )
    number, previous = (found[0].number + 1, found[0].hash) if found else (1, GENESIS)
    digest = _hash(number, kind, made, previous)
    entry = {**made, "number": number, "previous": previous, "hash": digest, "kind": kind}
    books.connection.execute(heads.update().where(mine).values(number=number, hash=digest))
    return books.insert("ledger_entries", community_id=community_id, **entry)


def _hash(number: int, kind: str, made: dict[str, Any], previous: str) -> str:
    at = made["at"].replace(tzinfo=made["at"].tzinfo or UTC).astimezone(UTC)
    payload = {
        "unit": made["unit"],
        "from": made["from_account_id"],
        "to": made["to_account_id"],
        "amount": made["amount"],
        "from_balance": made["from_balance"],
        "to_balance": made["to_balance"],
        "source": made["source"],
        "reason": made["reason"],
        "resident": made["resident_id"],
        "rule_version": None,
        "staff": made["staff_id"],
        "reverses": None,
        "at": at.isoformat(timespec="microseconds"),
    }
    content = {"sequence": number, "kind": kind, "payload": payload, "previous": previous}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _lots(books: Books, community_id: int, account_id: int, entry_id: int, minutes: int) -> None:
    """What came in is a lot that never ends; what a correction takes comes out of the oldest."""
    if minutes > 0:
        books.insert(
            "ledger_lots",
            community_id=community_id,
            account_id=account_id,
            entry_id=entry_id,
            amount=minutes,
            rest=minutes,
        )
        return
    lots, missing = books.table("ledger_lots"), -minutes
    query = sa.select(lots).where(lots.c.account_id == account_id, lots.c.rest > 0)
    for lot in books.rows(query.order_by(lots.c.id)):
        part = min(lot.rest, missing)
        if part:
            books.change("ledger_lots", lot.id, rest=lot.rest - part)
            books.insert("ledger_lot_uses", entry_id=entry_id, lot_id=lot.id, amount=part)
            missing -= part


def _compare(books: Books) -> None:
    hours, accounts = books.table("hour_entries"), books.table("ledger_accounts")
    was = sa.select(hours.c.resident_id, hours.c.kind, sa.func.sum(hours.c.minutes)).group_by(
        hours.c.resident_id, hours.c.kind
    )
    held = sa.select(accounts.c.resident_id, accounts.c.unit, accounts.c.balance).where(
        accounts.c.unit.in_(UNITS.values()), accounts.c.resident_id.is_not(None)
    )
    before = {(row[0], UNITS[row[1]]): int(row[2]) for row in books.rows(was)}
    after = {(row[0], row[1]): int(row[2]) for row in books.rows(held)}
    if before != after:
        raise HoursDiffer(f"hours of residents {sorted(set(before.items()) ^ set(after.items()))}")


def put_back(connection: Connection) -> None:
    """Fills hour_entries from the ledger again; the entries stay, nothing takes them out."""
    books = Books(connection)
    entries, records = books.table("ledger_entries"), books.table("service_records")
    query = sa.select(entries, records.c.served_on, records.c.occasion_id, records.c.corrects_id)
    query = query.add_columns(records.c.reason.label("said")).join(
        records, records.c.entry_id == entries.c.id
    )
    kinds = {unit: kind for kind, unit in UNITS.items()}
    back: dict[int, int] = {}
    for row in books.rows(query.order_by(entries.c.id)):
        back[row.id] = books.insert(
            "hour_entries",
            community_id=row.community_id,
            resident_id=row.resident_id,
            kind=kinds[row.unit],
            minutes=row.amount if row.kind == "credit" else -row.amount,
            served_on=row.served_on,
            source=row.source.removeprefix("hours:"),
            reason=row.said,
            occasion_id=row.occasion_id,
            corrects_id=back[row.corrects_id] if row.corrects_id else None,
            staff_id=row.staff_id,
            at=row.at,
        )
