"""`staff`: adding the first people, and helping those who are locked out."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable

from sqlalchemy.orm import Session

from commands import Subcommands
from commands.support import fail, open_database, settings_of, utc_now
from services import staff as people
from services.access import ROLE_NAMES, Role
from settings import ConfigError
from storage import migrate
from storage.staff import Staff


def register(commands: Subcommands) -> None:
    """Adds `staff add|list|disable|passwd`."""
    parser = commands.add_parser("staff", help="people who use the console")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a member of staff; password from stdin or prompt")
    add.add_argument(
        "name", metavar="NAME", help="login: letters, characters, digits, dots, dashes"
    )
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--scope", default="", metavar="CODE", help="code of a place; default: all")
    add.add_argument("--display", default="", metavar="TEXT", help="the name shown to colleagues")
    add.set_defaults(run=_add)
    actions.add_parser("list", help="everybody, with role and scope").set_defaults(run=_list)
    for name, run, words in (
        ("disable", _disable, "end somebody's access"),
        ("passwd", _passwd, "set a new password and unlock; from stdin or prompt"),
    ):
        one = actions.add_parser(name, help=words)
        one.add_argument("name", metavar="NAME")
        one.set_defaults(run=run)


def _add(args: argparse.Namespace) -> int:
    new = people.NewStaff(args.name, _password(), args.role, args.scope, args.display)
    return _work(args, lambda session: people.add(session, new, None, utc_now()))


def _list(args: argparse.Namespace) -> int:
    return _work(args, _print_all)


def _disable(args: argparse.Namespace) -> int:
    return _work(
        args,
        lambda session: people.set_active(
            session, _known(session, args.name), False, None, utc_now()
        ),
    )


def _passwd(args: argparse.Namespace) -> int:
    password = _password()
    return _work(
        args,
        lambda session: people.set_password(
            session, _known(session, args.name), password, None, utc_now()
        ),
    )


def _work(args: argparse.Namespace, work: Callable[[Session], object]) -> int:
    """Runs `work` in one transaction; 1 with the reason on stderr where it cannot be done."""
    try:
        with open_database(settings_of(args)) as database:
            if not migrate.is_current(database):
                return fail("the database has not the newest schema; run: python main.py migrate")
            database.write_now(work)
    except (people.BadStaff, ConfigError) as error:
        return fail(str(error))
    return 0


def _known(session: Session, login: str) -> Staff:
    staff = people.by_login(session, login)
    if staff is None:
        raise people.BadStaff("login", f"没有这个登录名：{login}")
    return staff


def _print_all(session: Session) -> None:
    for row in people.listed(session):
        role = ROLE_NAMES[Role(row.role)]
        active = "" if row.active else "\t已停用"
        print(f"{row.login}\t{row.name}\t{role}\t{row.scope_path}{active}")


def _password() -> str:
    """The first line of a pipe, or what is typed twice at a terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    return password if getpass.getpass("Again: ") == password else ""
