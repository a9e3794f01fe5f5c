"""A database that several examples of one property share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Database
from tests.conftest import SECRET, _new_postgres_database


@pytest.fixture(scope="module")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One SQLite database for a module: each example adds its own rows."""
    folder: Path = tmp_path_factory.mktemp("shared")
    with Database(f"sqlite:///{folder}/shared.db", SECRET) as database:
        migrate.upgrade(database)
        yield database


@pytest.fixture(scope="module")
def shared_postgres(postgres_url: str, postgres_template: str) -> Iterator[Database]:
    """The same on PostgreSQL."""
    for url in _new_postgres_database(postgres_url, postgres_template):
        with Database(url, SECRET, threads=2) as database:
            yield database


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest) -> Database:
    """Each of the two in turn."""
    database: Database = request.getfixturevalue(f"shared_{request.param}")
    return database
