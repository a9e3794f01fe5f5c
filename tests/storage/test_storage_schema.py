"""The schema: migrations give the tables of the models, append-only rows cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import InvalidToken
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from storage import migrate
from storage.engine import Database
from storage.tables import APPEND_ONLY, AuditEntry, Base
from storage.types import Vault
from tests.conftest import wait_for_no_disk

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)


def test_migrations_give_the_tables_of_the_models(database: Database) -> None:
    """Nothing is in the models that no migration makes, and the other way round."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_new_database_is_not_current_until_migrated(unmigrated_database_url: str) -> None:
    """`is_current` tells an empty database from a migrated one."""
    with Database(unmigrated_database_url, "secret") as database:
        assert not migrate.is_current(database)
        migrate.upgrade(database)
        assert migrate.is_current(database)
        migrate.upgrade(database)  # a second time changes nothing
        assert migrate.is_current(database)


def _add_entry(session: Session) -> None:
    session.add(AuditEntry(at=NOW, action="look"))


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_append_only_rows(
    database: Database, statement: str
) -> None:
    """UPDATE and DELETE fail on a row of the audit, whoever asks."""
    database.write_now(_add_entry)
    with pytest.raises(DBAPIError, match="append-only"):
        database.write_now(lambda s: s.execute(text(statement.format("audit_entries"))))
    assert database.read_now(lambda s: s.query(AuditEntry).count()) == 1


def test_every_append_only_table_has_its_triggers(database: Database) -> None:
    """No table that is declared append-only was forgotten in the migrations."""
    query = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers"
    )
    guarded = database.read_now(lambda s: set(s.scalars(text(query)).all()))
    assert guarded == set(APPEND_ONLY)


def test_a_failed_unit_of_work_leaves_nothing(database: Database) -> None:
    """An exception rolls everything back."""

    def work(session: Session) -> None:
        _add_entry(session)
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write_now(work)
    assert database.read_now(lambda s: s.query(AuditEntry).count()) == 0


@pytest.fixture
def waiting_for_the_disk() -> Iterator[None]:
    """SQLite as in service."""
    event.remove(Pool, "checkout", wait_for_no_disk)
    yield
    event.listen(Pool, "checkout", wait_for_no_disk)


@pytest.mark.usefixtures("waiting_for_the_disk")
def test_sqlite_writes_durably_and_readers_run_beside(sqlite_database_url: str) -> None:
    """WAL, full synchronisation and foreign keys are on for every connection."""
    with Database(sqlite_database_url, "secret") as database:
        pragmas = {
            name: database.read_now(lambda s, n=name: s.scalar(text(f"PRAGMA {n}")))  # type: ignore[misc]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_sealed_text_opens_only_with_its_own_secret() -> None:
    """Personal texts are unreadable at rest and with another secret."""
    sealed = Vault("one secret").seal("13900001234")
    assert b"13900001234" not in sealed
    assert Vault("one secret").open(sealed) == "13900001234"
    with pytest.raises(InvalidToken):
        Vault("another secret").open(sealed)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    """Naive datetimes never reach a table."""
    naive = datetime(2026, 3, 4)  # noqa: DTZ001 - the fault under test
    with pytest.raises(Exception, match="without a zone"):
        database.write_now(lambda s: s.add(AuditEntry(at=naive, action="look")))
