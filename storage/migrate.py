"""Brings a database to the newest schema and tells whether it is there (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.engine import Database

SCRIPTS = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """Alembic's configuration without a file of its own: the project has one configuration."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Applies the missing migrations, each in a transaction where the database allows it."""
    config = alembic_config()
    with database.transaction(writing=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this version of the program wants."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def is_current(database: Database) -> bool:
    """Whether the database has the schema of this version."""
    return current_revision(database) == newest_revision()
