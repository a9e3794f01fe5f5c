"""`demo`: fills an empty database with a demo community and a month of its life."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.turn import TurnTaker
from commands import Subcommands, assembly
from commands.support import fail, office_hours, open_database, settings_of, utc_now
from demo.community import PASSWORD, STAFF
from demo.life.scene import PlayClock
from demo.play import Stage, play
from handlers import SERVICES
from handlers.registry import Registry
from intents import ensure_model
from knowledge.entries import read_entries
from services import policies
from settings import ConfigError, Settings, load_settings
from storage import migrate
from storage.communities import Community, Place
from storage.engine import Database
from storage.residents import Resident
from storage.staff import Staff

IN_SERVICE = (
    "the configuration is one for service, and the demo's sign-in is known to everybody: "
    "set SHUOSHI_DEMO=true (or demo: true) with a database of its own"
)
NOT_EMPTY = "the database is not empty: the demo is loaded into an empty one only ({url})"
COMMUNITY = "demo"


class NotEmpty(Exception):
    """Somebody lives in this database already."""


def register(commands: Subcommands) -> None:
    """Adds `demo`."""
    parser = commands.add_parser("demo", help="loads the demo community into an empty database")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Loads the demo; 1 where the database is not empty or the configuration is in service."""
    settings = _settings(args)
    if not settings.demo:
        return fail(IN_SERVICE)
    with open_database(settings) as database:
        migrate.upgrade(database)
        try:
            load_demo(database, settings, utc_now())
        except NotEmpty:
            return fail(NOT_EMPTY.format(url=database.engine.url.render_as_string()))
    logins = "、".join(f"{login} {name}" for login, name, *_ in STAFF)
    print(f"和平里社区 is loaded. Sign-in: {logins}; password {PASSWORD}")
    return 0


def _settings(args: argparse.Namespace) -> Settings:
    """The settings; those of demo mode where nothing is configured for service."""
    try:
        return settings_of(args)
    except ConfigError:  # a fault other than missing keys is raised again
        return load_settings(Path(args.config), demo=True)


def load_demo(database: Database, settings: Settings, now: datetime) -> None:
    """Plays the demo's month up to `now` in one transaction; raises NotEmpty."""
    database.read_now(_require_empty)
    stage = _stage(settings)

    def work(session: Session) -> None:
        _require_empty(session)
        play(session, stage, now, _show if sys.stderr.isatty() else _silent)
        community = session.scalars(select(Community)).one()
        policies.import_entries(session, community, read_entries(), now)

    database.write_now(work)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _stage(settings: Settings) -> Stage:
    clock = PlayClock()
    world = assembly.make_world(settings, ensure_model(settings.paths.model))
    return Stage(
        taker=TurnTaker(Registry(SERVICES), world, {"": COMMUNITY}, clock),
        clock=clock,
        hours=office_hours(settings),
        capabilities=tuple(settings.wechat.capabilities),
        media=settings.paths.media,
    )


def _require_empty(session: Session) -> None:
    for table in (Community, Place, Staff, Resident):
        if session.scalar(select(exists(select(table.id)))):
            raise NotEmpty


def _show(done: int, total: int) -> None:
    print(f"\rplaying the month: {100 * done // max(total, 1):3d} %", end="", file=sys.stderr)


def _silent(_done: int, _total: int) -> None:
    """Says nothing where nobody watches."""
