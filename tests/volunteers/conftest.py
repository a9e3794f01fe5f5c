"""A database that several examples of one property share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

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


@pytest.fixture(scope="module")
def shared_postgres(postgres_url: str) -> Iterator[Database]:
    """One PostgreSQL database for a module."""
    name = f"t{uuid4().hex}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    with Database(postgres_url.replace("/postgres?", f"/{name}?", 1), SECRET) as database:
        migrate.upgrade(database)
        yield database
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
