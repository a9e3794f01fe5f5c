"""A database that several examples of one property share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Database
from tests.conftest import SECRET


@pytest.fixture(scope="module")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One SQLite database for a module: each example adds its own rows."""
    folder: Path = tmp_path_factory.mktemp("shared")
    with Database(f"sqlite:///{folder}/shared.db", SECRET) as database:
        migrate.upgrade(database)
        yield database
