"""Writes a migration from the models: `python -m storage.make_migration "what it does"`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage import migrate
from storage.engine import Database


def make(message: str) -> None:
    """Compares the models with a database of the newest schema and writes the difference."""
    newest = migrate.newest_revision()
    number = f"{int(newest or 0) + 1:04d}"
    with (
        tempfile.TemporaryDirectory() as folder,
        Database(f"sqlite:///{Path(folder)}/newest.db", "-") as database,
    ):
        if newest is not None:
            migrate.upgrade(database)
        config = migrate.alembic_config()
        with database.transaction(writing=True) as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('usage: python -m storage.make_migration "what it does"')
    make(sys.argv[1])
