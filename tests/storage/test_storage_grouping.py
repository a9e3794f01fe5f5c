"""Group commit: many writers, one wait for the disk, and nobody pays for another's failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from storage import migrate
from storage.engine import Database
from storage.grouping import MOST
from storage.tables import Community

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)


def add(code: str) -> Callable[[Session], str]:
    """Work that stores a community and gives its code."""

    def work(session: Session) -> str:
        session.add(Community(code=code, name=code, created_at=NOW))
        return code

    return work


def fail(code: str) -> Callable[[Session], str]:
    """Work that stores a community and then fails."""

    def work(session: Session) -> str:
        add(code)(session)
        session.flush()
        raise LookupError(code)

    return work


def codes(database: Database) -> set[str]:
    """What is stored."""
    return database.read_now(lambda s: set(s.scalars(select(Community.code))))


async def test_each_gets_its_own_result(database: Database) -> None:
    """More pieces of work than fit into one transaction, all stored, all answered."""
    wanted = [f"c{number}" for number in range(3 * MOST)]
    assert await asyncio.gather(*(database.write(add(code)) for code in wanted)) == wanted
    assert codes(database) == set(wanted)


async def test_a_failure_is_nobody_elses(database: Database) -> None:
    """The one that fails is told so and leaves nothing; its neighbours are stored once."""
    work = [add("a"), fail("b"), add("c"), fail("d"), add("e")]
    told = await asyncio.gather(*(database.write(one) for one in work), return_exceptions=True)
    assert [str(one) for one in told] == list("abcde")
    assert [isinstance(one, LookupError) for one in told] == [False, True, False, True, False]
    assert codes(database) == {"a", "c", "e"}


async def test_a_broken_rule_of_the_database_is_nobody_elses(database: Database) -> None:
    """The same key twice: one is stored, the other is refused, the third does not notice."""
    work = [add("a"), add("a"), add("b")]
    told = await asyncio.gather(*(database.write(one) for one in work), return_exceptions=True)
    assert sum(isinstance(one, Exception) for one in told) == 1
    assert codes(database) == {"a", "b"}


async def test_nobody_is_told_before_the_commit(database: Database) -> None:
    """Whoever has a result finds it stored through another connection."""

    async def write(code: str) -> bool:
        await database.write(add(code))
        return code in codes(database)

    assert all(await asyncio.gather(*(write(f"c{number}") for number in range(20))))


async def test_each_begins_with_a_fresh_session(database: Database) -> None:
    """What one piece of work has loaded is not in the way of the next."""
    await database.write(add("a"))

    def held(session: Session) -> int:
        before = len(session.identity_map)
        session.scalars(select(Community)).all()
        return before

    assert await asyncio.gather(*(database.write(held) for _ in range(5))) == [0] * 5


async def test_what_waits_together_is_committed_together(sqlite_database_url: str) -> None:
    """On SQLite a crowd of writers costs far fewer commits than writers."""

    with Database(sqlite_database_url, "s") as database:
        migrate.upgrade(database)
        commits: list[int] = []
        event.listen(database.engine, "commit", lambda _connection: commits.append(1))
        await asyncio.gather(*(database.write(add(f"c{number}")) for number in range(60)))
        assert database.read_now(lambda s: s.scalar(select(func.count(Community.id)))) == 60
        assert len(commits) < 20


def test_a_closed_loop_does_not_stop_the_writer(database: Database) -> None:
    """A writer whose event loop has gone is forgotten; the next one is served."""

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(database.write(add("a"))), 0)

    asyncio.run(leave())
    assert asyncio.run(database.write(add("b"))) == "b"
    assert "b" in codes(database)
