"""`import-policy`: policy documents from files into a community's knowledge base."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from commands import Subcommands
from commands.support import fail, office_hours, open_database, settings_of, utc_now
from knowledge.importing import READERS, UnreadableDocumentError, import_file
from services import canned, communities, policies, policy_citations
from services.calendar import OfficeHours
from services.policy_content import BadDocument
from storage.engine import Database


def register(commands: Subcommands) -> None:
    """Adds the command."""
    kinds = ", ".join(sorted(suffix[1:] for suffix in READERS))
    command = commands.add_parser("import-policy", help=f"import policy documents ({kinds})")
    command.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="files or folders")
    command.add_argument("--community", metavar="CODE", help="default: the first account's")
    command.add_argument("--draft", action="store_true", help="keep as drafts, publish nothing")
    command.set_defaults(run=run_import)


def run_import(args: argparse.Namespace) -> int:
    """Imports every file in a transaction of its own; 1 where any of them failed."""
    settings = settings_of(args)
    code = args.community or settings.wechat.community
    with open_database(settings) as database:
        if database.read_now(lambda s: communities.by_code(s, code)) is None:
            return fail(f"there is no community {code!r}: run `python main.py import-places FILE`")
        failed, hours = 0, office_hours(settings)
        for path in _files(args.paths):
            try:
                print(
                    f"{path}: {_import(database, code, path, hours, draft=args.draft)}", flush=True
                )
            except (UnreadableDocumentError, BadDocument) as error:
                print(f"{path}: {_reason(error)}", file=sys.stderr)
                failed += 1
    return 1 if failed else 0


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files given, and in folders those of a kind that can be read."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in READERS)
        yield from inside or [path]


def _import(database: Database, code: str, path: Path, hours: OfficeHours, *, draft: bool) -> str:
    """Takes one file in and says what became of it."""
    if path.is_dir():
        raise UnreadableDocumentError(path.name, "文件夹里没有可以导入的文件")
    document = import_file(path)

    def work(session: Session) -> str:
        community = communities.by_code(session, code)
        assert community is not None  # noqa: S101 - looked for before the first file
        taken = policies.bring_in(session, community, document, utc_now(), draft=draft)
        row = taken.row
        if taken.new and row.state == policies.State.PUBLISHED:
            policy_citations.flag(session, row, canned.read(), hours, utc_now())
        state = row.state if taken.new else f"unchanged, {row.state}"
        return f"《{row.title}》 version {row.version}, {len(row.passages)} passages, {state}"

    return database.write_now(work)


def _reason(error: Exception) -> str:
    return error.reason if isinstance(error, UnreadableDocumentError) else str(error)
