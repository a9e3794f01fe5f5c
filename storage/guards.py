"""Triggers by which the database itself refuses to change or remove append-only rows.

Called from migrations; a rule that only the program keeps is none for an auditor.
"""

from __future__ import annotations

from sqlalchemy import Connection

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'append-only: rows of %% are never changed or removed', TG_TABLE_NAME;
END
$$ LANGUAGE plpgsql
"""


def guard_append_only(connection: Connection, table: str) -> None:
    """Makes UPDATE and DELETE (on PostgreSQL TRUNCATE too) on `table` fail."""
    if connection.dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                "BEGIN SELECT RAISE(ABORT, "
                f"'append-only: rows of {table} are never changed or removed'); END"
            )
        return
    connection.exec_driver_sql(_POSTGRES_FUNCTION)
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
