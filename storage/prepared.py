"""Statements that every message makes, compiled once for each database.

SQLAlchemy looks a statement up by its structure and prepares its run anew each time, which takes
five times as long as SQLite needs for an update of one row. A `Prepared` keeps the text, and turns
values into what the driver takes by the same column types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import CursorResult, Delete, Dialect, Insert, Update
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any]
Statement: TypeAlias = Insert | Update | Delete


class Prepared:
    """An insert, update or delete whose values are bound by name, where databases differ one for
    each dialect; `returning` columns come as the driver gives them. Columns with defaults made in
    Python have to be bound.
    """

    def __init__(self, statement: Statement | Callable[[Dialect], Statement]) -> None:
        self._statement = statement
        self._texts: WeakKeyDictionary[Dialect, _Text] = WeakKeyDictionary()

    def run(self, session: Session, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Runs it in the transaction of `session`, which writes nothing else for that."""
        connection = session.connection()
        text = self._texts.get(connection.dialect)
        if text is None:
            text = self._texts[connection.dialect] = self._compiled(connection.dialect)
        return connection.exec_driver_sql(text.sql, text.bound(values))

    def _compiled(self, dialect: Dialect) -> _Text:
        given = self._statement
        return _Text(given if isinstance(given, Statement) else given(dialect), dialect)


class _Text:
    """A statement in the words of one database, and what its values pass through."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
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
