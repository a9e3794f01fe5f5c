"""INSERT … ON CONFLICT DO NOTHING in the dialect of the session's database."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base


def insert_ignoring(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves alone a row that is already there; `.values(...)` completes it.

    On PostgreSQL it waits for a concurrent transaction that inserts the same key.
    """
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
