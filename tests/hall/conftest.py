"""A hall with neighbours, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Database
from tests.conftest import SECRET, _new_postgres_database
from tests.hall.world import Hall, people_the_hall


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def hall_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One database for the tests of a module; each rolls back what it did."""
    folder: Path = tmp_path_factory.mktemp("hall")
    urls: Iterator[str] = iter([f"sqlite:///{folder}/hall.db"])
    if request.param == "postgres":
        urls = _new_postgres_database(request.getfixturevalue("postgres_url"))
    with Database(next(urls), SECRET, threads=2) as opened:
        migrate.upgrade(opened)
        yield opened
    next(urls, None)


@pytest.fixture
def hall_world(hall_database: Database) -> Iterator[Hall]:
    """A session in a transaction of the test's own, with twelve neighbours."""
    with hall_database._writing() as session:
        people_the_hall(session)
        yield Hall(session)
        session.rollback()
