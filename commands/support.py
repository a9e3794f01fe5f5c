"""What several commands need: settings read, the database opened, errors told plainly."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, time
from pathlib import Path

from services.calendar import OfficeHours
from settings import Settings, load_settings
from storage.engine import Database


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings of the file given with --config; raises ConfigError."""
    return load_settings(Path(args.config))


def open_database(settings: Settings) -> Database:
    """The configured database; the caller closes it."""
    return Database(
        settings.database.url, settings.security.secret_key, threads=settings.database.threads
    )


def office_hours(settings: Settings) -> OfficeHours:
    """The configured working and quiet hours."""
    hours = settings.hours
    return OfficeHours(
        opens=time.fromisoformat(hours.open),
        closes=time.fromisoformat(hours.close),
        quiet_from=time.fromisoformat(hours.quiet_from),
        quiet_to=time.fromisoformat(hours.quiet_to),
    )


def utc_now() -> datetime:
    """The machine's clock, aware UTC: the one clock handed to everything that runs."""
    return datetime.now(UTC)


def fail(message: str) -> int:
    """Says on stderr why the work failed; the exit status for it."""
    print(message, file=sys.stderr)
    return 1
