"""INSERT … ON CONFLICT DO NOTHING in the dialect of the session's database."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base

Ignoring: TypeAlias = postgresql.Insert | sqlite.Insert


def insert_ignoring(session: Session, table: type[Base]) -> Ignoring:
    """An insert that leaves alone a row that is already there; `.values(...)` completes it.

    On PostgreSQL it waits for a concurrent transaction that inserts the same key.
    """
    return ignoring(session.get_bind().dialect, table)


def ignoring(dialect: Dialect, table: type[Base]) -> Ignoring:
    """The same where only the dialect is known."""
    if dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
