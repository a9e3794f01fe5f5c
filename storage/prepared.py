"""Statements that every message makes, compiled once for each database.

SQLAlchemy looks a statement up by its structure and prepares its run anew each time, which takes
five times as long as SQLite needs for an update of one row. A `Prepared` keeps the text, and turns
values into what the driver takes by the same column types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import CursorResult, Delete, Dialect, Insert, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any]


class Prepared:
    """An insert, update or delete whose values are bound by name; `returning` columns come as the
    driver gives them. Columns with defaults made in Python have to be bound.
    """

    def __init__(self, statement: Insert | Update | Delete) -> None:
        self._statement = statement
        self._texts: WeakKeyDictionary[Dialect, _Text] = WeakKeyDictionary()

    def run(self, session: Session, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Runs it in the transaction of `session`, which writes nothing else for that."""
        connection = session.connection()
        text = self._texts.get(connection.dialect)
        if text is None:
            text = self._texts[connection.dialect] = _Text(self._statement, connection.dialect)
        return connection.exec_driver_sql(text.sql, text.bound(values))


class PreparedIgnoring:
    """An insert that leaves alone a row that is already there; its `rowcount` says whether."""

    def __init__(self, table: Table, values: Mapping[str, Any]) -> None:
        self._sqlite = Prepared(sqlite.insert(table).values(values).on_conflict_do_nothing())
        self._other = Prepared(postgresql.insert(table).values(values).on_conflict_do_nothing())

    def run(self, session: Session, values: Mapping[str, Any]) -> CursorResult[Any]:
        """As `Prepared.run`."""
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        return (self._sqlite if on_sqlite else self._other).run(session, values)


class _Text:
    """A statement in the words of one database, and what its values pass through."""

    def __init__(self, statement: Insert | Update | Delete, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - as for every statement with values
        self.sql = compiled.string
        binds = compiled.binds.items()
        self._fixed = {name: bound.value for name, bound in binds if not bound.required}
        self._ordered = compiled.positiontup
        self._processes: dict[str, Process | None] = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in binds
        }

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """The values as the driver wants them; KeyError where one is missing."""
        given = {**self._fixed, **values}
        driven = {
            name: given[name] if process is None else process(given[name])
            for name, process in self._processes.items()
        }
        if self._ordered is None:
            return driven
        return tuple(driven[name] for name in self._ordered)
