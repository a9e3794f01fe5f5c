"""Keeping the state: migrate, check, backup, restore, places, a resident's data."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import yaml
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.wechat.account import AccountError
from bot.wechat.menu import MenuError, build_menu
from commands import Subcommands
from commands.assembly import accounts_of
from commands.support import fail, office_hours, open_database, settings_of, utc_now
from handlers import SERVICES
from handlers.registry import Registry
from intents import ensure_model
from services import audit, personal_data, places
from settings import Settings, unknown_variables
from storage import backup, migrate
from storage.communities import Community
from storage.engine import Database
from storage.residents import Resident


def register(commands: Subcommands) -> None:
    """Adds the commands of this module."""
    commands.add_parser("migrate", help="bring the database to the newest schema").set_defaults(
        run=_migrate
    )
    commands.add_parser(
        "check", help="validate configuration, database, model and accounts"
    ).set_defaults(run=_check)
    for name, run, help_text in (
        ("backup", _backup, "write the whole state to a file, verified"),
        ("restore", _restore, "bring the state of a backup into an empty database"),
        ("import-places", _import_places, "import the organisation and address tree (YAML)"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("file", type=Path, metavar="FILE")
        command.set_defaults(run=run)
    for name, run, help_text in (
        ("export", _export, "print what is stored about a resident, as JSON"),
        ("forget", _forget, "delete the personal data of a resident"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--resident", type=int, required=True, metavar="ID")
        command.set_defaults(run=run)


def _migrate(args: argparse.Namespace) -> int:
    with open_database(settings_of(args)) as database:
        migrate.upgrade(database)
        print(f"database at schema {migrate.current_revision(database)}")
    return 0


def _check(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    faults = [f"environment: {name}: unknown key" for name in unknown_variables(dict(os.environ))]
    faults += _check_accounts(settings, args.config)
    faults += _check_hours(settings, args.config)
    with open_database(settings) as database:
        faults += _check_database(settings, database)
    model = ensure_model(settings.paths.model)
    missing = Registry(SERVICES).missing(model.intents)
    faults += [f"model: no service answers the intent {label}" for label in missing]
    if faults:
        return fail("\n".join(faults))
    print("configuration, database, model and accounts are in order")
    return 0


def _check_accounts(settings: Settings, config: str) -> list[str]:
    faults = []
    try:
        accounts_of(settings)
    except AccountError as error:
        faults.append(f"{config}: {error}")
    try:
        if settings.wechat.menu:
            build_menu(settings.wechat.menu)
    except MenuError as error:
        faults.append(f"{config}: wechat.{error}")
    if len(settings.security.secret_key) < 32:
        faults.append(
            f"{config}: security.secret_key: shorter than 32 characters; make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    return faults


def _check_hours(settings: Settings, config: str) -> list[str]:
    try:
        office_hours(settings)
    except ValueError as error:
        return [f"{config}: hours: {error}; write times as 09:00"]
    return []


def _check_database(settings: Settings, database: Database) -> list[str]:
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        if not migrate.is_current(database):
            return ["database: migrations are missing: run `python main.py migrate`"]
    except SQLAlchemyError as error:
        return [f"database.url: cannot be opened: {type(error).__name__}"]
    served = {given.community for _, given in accounts_of(settings).values()}
    known = set(database.read_now(lambda s: s.scalars(select(Community.code)).all()))
    return [
        f"wechat.community: there is no community {code!r}: run `python main.py import-places FILE`"
        for code in sorted(served - known)
    ]


def _backup(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    with open_database(settings) as database:
        try:
            backup.back_up(database, settings.paths.media, args.file, utc_now())
            summary = backup.verify(args.file)
        except (backup.BackupError, OSError) as error:
            return fail(f"backup: {error}")
    print(f"{args.file}: {summary.rows} rows, {summary.files} files, verified")
    return 0


def _restore(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    with open_database(settings) as database:
        try:
            backup.verify(args.file)
            summary = backup.restore(database, settings.paths.media, args.file)
        except (backup.BackupError, OSError) as error:
            return fail(f"restore: {error}")
    print(f"{args.file}: {summary.rows} rows and {summary.files} files restored and verified")
    return 0


def _import_places(args: argparse.Namespace) -> int:
    try:
        tree = places.read_tree(yaml.safe_load(args.file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, places.BadTree) as error:
        return fail(f"{args.file}: {error}")
    with open_database(settings_of(args)) as database:
        count = database.write_now(lambda s: places.import_tree(s, tree, utc_now()))
    print(f"{args.file}: {count} places imported")
    return 0


def _export(args: argparse.Namespace) -> int:
    with open_database(settings_of(args)) as database:
        data = database.read_now(
            lambda s: (
                personal_data.export(s, found)
                if (found := s.get(Resident, args.resident))
                else None
            )
        )
    if data is None:
        return fail(f"there is no resident {args.resident}")
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


def _forget(args: argparse.Namespace) -> int:
    now = utc_now()
    with open_database(settings_of(args)) as database:

        def work(session: Session) -> bool:
            found = session.get(Resident, args.resident)
            if found is None:
                return False
            personal_data.forget(session, found, now)
            audit.record(session, now, None, "resident.forget", found)
            return True

        if not database.write_now(work):
            return fail(f"there is no resident {args.resident}")
    print(f"the personal data of resident {args.resident} is deleted")
    return 0
