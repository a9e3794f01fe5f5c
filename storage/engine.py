"""The database: opened once, used as whole units of work.

Everything below the edges is synchronous. An edge hands a function of one session to `write`
or `read`, which runs it in a thread, in one transaction. On SQLite one thread does all writing,
so writers queue instead of colliding, and readers run beside it (WAL); on PostgreSQL a pool of
threads writes at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from storage.grouping import GroupWriter
from storage.types import Vault, attach_vault

T = TypeVar("T")
Work = Callable[[Session], T]

BUSY_MS = 15_000
"""How long a SQLite writer of one process waits for that of another."""
WRITING = "BEGIN IMMEDIATE"
"""A SQLite reader that turns writer in mid-transaction fails at once when another wrote meanwhile;
a writer that announces itself waits its turn."""
COLLISIONS = frozenset({"23505", "40001", "40P01"})
"""PostgreSQL's codes for a key that another transaction took just now, and for deadlocks."""
TRIES = 3


class Database:
    """One database with its threads; use as a context manager, or `close` it."""

    def __init__(self, url: str, secret: str, *, threads: int = 8) -> None:
        self.url = url
        self.engine = _open(url, threads)
        attach_vault(self.engine.dialect, Vault(secret))
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = _sessions(self.engine, "BEGIN")
        self._writing = _sessions(self.engine, WRITING)
        self._writers = ThreadPoolExecutor(1 if self.is_sqlite else threads, "write")
        self._group = GroupWriter(self._writing, self._writers)
        self._readers = ThreadPoolExecutor(threads, "read")

    def write_now(self, work: Work[T]) -> T:
        """Runs `work` in one transaction of this thread and commits it.

        Work that collided with another transaction is run again: it looks before it writes, and
        finds what the other one wrote. So it must leave nothing behind but what is in the session.
        """
        for _ in range(TRIES - 1):
            try:
                return self._transact(work)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in COLLISIONS:
                    raise
        return self._transact(work)

    @contextmanager
    def transaction(self, *, writing: bool) -> Iterator[Connection]:
        """A connection in one transaction, for what works without sessions."""
        with self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(WRITING if writing else "BEGIN")
            yield connection

    def _transact(self, work: Work[T]) -> T:
        with self._writing() as session, session.begin():
            return work(session)

    def read_now(self, work: Work[T]) -> T:
        """Runs `work` on a snapshot in this thread; nothing it does is kept."""
        with self._reading() as session:
            return work(session)

    async def write(self, work: Work[T]) -> T:
        """`write_now` in a writing thread; on SQLite together with what else waits for the disk."""
        if self.is_sqlite:
            written: T = await self._group.write(work)
            return written
        return await asyncio.get_running_loop().run_in_executor(self._writers, self.write_now, work)

    async def read(self, work: Work[T]) -> T:
        """`read_now` in a reading thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    def close(self) -> None:
        """Waits for what is running, then lets go of every connection."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _open(url: str, threads: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            url, pool_size=2 * threads, max_overflow=4, pool_pre_ping=True, hide_parameters=True
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=threads + 2,
        connect_args={"timeout": BUSY_MS / 1000},
        hide_parameters=True,  # an error's text goes to the log, what residents wrote does not
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _sessions(engine: Engine, opening: str) -> sessionmaker[Session]:
    """Sessions of which each transaction begins with `opening` on SQLite.

    An event of the sessions, not of the engine: while an engine has listeners, every statement
    looks for them.
    """
    sessions = sessionmaker(engine, expire_on_commit=False)

    def begin(_session: Session, _part: SessionTransaction, connection: Connection) -> None:
        if not connection.in_nested_transaction():
            connection.exec_driver_sql(opening)

    if engine.dialect.name == "sqlite":
        event.listen(sessions, "after_begin", begin)
    return sessions


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by the sessions
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # acknowledged means on disk
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")
