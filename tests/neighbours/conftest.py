"""A community for the tests of mutual help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage import migrate
from storage.engine import Database
from tests.conftest import SECRET
from tests.neighbours.village import Village


@pytest.fixture
def small_database(sqlite_database_url: str) -> Iterator[Database]:
    """An empty database of the newest schema."""
    with Database(sqlite_database_url, SECRET) as opened:
        migrate.upgrade(opened)
        yield opened


@pytest.fixture
def village(database: Database) -> Village:
    """A community on each of the databases."""
    return Village(database)
