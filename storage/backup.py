"""Backup and restore of the whole state, the same for both databases.

A backup is a tar of `manifest.json`, a `tables/NAME.jsonl` for each table and the media files.
The rows are read in one transaction, so they belong together; every file is named in the manifest
with its SHA-256 and the number of its rows. Encrypted columns stay encrypted: a backup opens
nothing without the secret key. A restore goes into an empty database and checks all of it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, Date, Integer, LargeBinary, MetaData, Table, func, select, text
from sqlalchemy.types import TypeDecorator

from storage import migrate
from storage.engine import Database
from storage.tables import Base
from storage.types import Encrypted, UtcDateTime

FORMAT = 1
BATCH = 500


class BackupError(Exception):
    """The backup cannot be made or restored; the message says why."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds."""

    rows: int
    files: int


def back_up(database: Database, media: Path, target: Path, now: datetime) -> Summary:
    """Writes a backup to `target`, complete or not at all."""
    if not migrate.is_current(database):
        raise BackupError("the database is not at the newest schema: run `main.py migrate` first")
    part = target.with_name(target.name + ".part")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "revision": migrate.newest_revision(),
        "at": now.isoformat(),
        "tables": {},
        "media": {},
    }
    with tarfile.open(part, "w:gz") as archive:
        with _snapshot(database) as connection:
            for table in Base.metadata.sorted_tables:
                rows = list(_dump(connection, table))
                data = "".join(f"{row}\n" for row in rows).encode()
                manifest["tables"][table.name] = _add(archive, f"tables/{table.name}.jsonl", data)
                manifest["tables"][table.name]["rows"] = len(rows)
        for path in sorted(p for p in media.rglob("*") if p.is_file() and p.suffix != ".part"):
            name = path.relative_to(media).as_posix()
            manifest["media"][name] = _add(archive, f"media/{name}", path.read_bytes())
        _add(archive, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    part.replace(target)
    return _summary(manifest)


def restore(database: Database, media: Path, source: Path) -> Summary:
    """Puts a backup into an empty database of the newest schema, verifying every file.

    Raises BackupError where the file is damaged, of another version, or the database has rows.
    """
    with tarfile.open(source, "r:gz") as archive:
        manifest = _manifest(archive)
        if not migrate.is_current(database):
            migrate.upgrade(database)
        if manifest["revision"] != migrate.newest_revision():
            raise BackupError(
                f"the backup is of schema {manifest['revision']}, this program has "
                f"{migrate.newest_revision()}: restore it with the version that made it"
            )
        with database.transaction(writing=True) as connection:
            _require_empty(connection)
            for table in Base.metadata.sorted_tables:
                data = _read(archive, f"tables/{table.name}.jsonl", manifest["tables"][table.name])
                _load(connection, table, data)
            _check_counts(connection, manifest)
            if not database.is_sqlite:
                _set_sequences(connection)
        for name, entry in manifest["media"].items():
            _write_media(media, name, _read(archive, f"media/{name}", entry))
    return _summary(manifest)


def verify(source: Path) -> Summary:
    """Reads a backup through and checks every digest; raises BackupError for the first fault."""
    with tarfile.open(source, "r:gz") as archive:
        manifest = _manifest(archive)
        for name, entry in manifest["tables"].items():
            _read(archive, f"tables/{name}.jsonl", entry)
        for name, entry in manifest["media"].items():
            _read(archive, f"media/{name}", entry)
    return _summary(manifest)


def _snapshot(database: Database) -> AbstractContextManager[Connection]:
    """A connection that sees one moment of the database for as long as it is read."""
    if database.is_sqlite:
        return database.transaction(writing=False)
    return database.engine.execution_options(isolation_level="REPEATABLE READ").connect()


def _summary(manifest: dict[str, Any]) -> Summary:
    rows = sum(entry["rows"] for entry in manifest["tables"].values())
    return Summary(rows, len(manifest["media"]))


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> dict[str, Any]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))
    return {"sha256": hashlib.sha256(data).hexdigest()}


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(_bytes(archive, "manifest.json"))
    except (KeyError, ValueError) as error:
        raise BackupError("this is no backup of this program: no manifest") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"unknown backup format {manifest.get('format')}")
    return manifest


def _bytes(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise BackupError(f"{name} is missing in the backup")
    return member.read()


def _read(archive: tarfile.TarFile, name: str, entry: dict[str, Any]) -> bytes:
    try:
        data = _bytes(archive, name)
    except (KeyError, OSError, EOFError) as error:
        raise BackupError(f"{name} is missing or damaged in the backup") from error
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise BackupError(f"{name} in the backup is not what was written: the digest differs")
    return data


def _dump(connection: Connection, table: Table) -> Iterator[str]:
    raw = _raw(table)
    order = list(table.primary_key.columns)
    for row in connection.execute(select(raw).order_by(*(raw.c[c.name] for c in order))):
        yield json.dumps(
            {key: _plain(value) for key, value in row._mapping.items()}, ensure_ascii=False
        )


def _raw(table: Table) -> Table:
    """The table with encrypted columns as the bytes that they are."""
    copy = table.to_metadata(MetaData())
    for column in copy.columns:
        if isinstance(column.type, Encrypted):
            column.type = LargeBinary()
    return copy


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _reader(column_type: Any) -> Callable[[Any], Any] | None:
    if isinstance(column_type, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(column_type, Date):
        return date.fromisoformat
    if isinstance(column_type, LargeBinary) and not isinstance(column_type, TypeDecorator):
        return base64.b64decode
    return None


def _load(connection: Connection, table: Table, data: bytes) -> None:
    raw = _raw(table)
    readers = {c.name: reader for c in raw.columns if (reader := _reader(c.type)) is not None}
    rows = []
    for line in data.decode().splitlines():
        row = json.loads(line)
        for name, reader in readers.items():
            row[name] = None if row[name] is None else reader(row[name])
        rows.append(row)
    for start in range(0, len(rows), BATCH):
        connection.execute(raw.insert(), rows[start : start + BATCH])


def _require_empty(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            raise BackupError(
                f"the database is not empty ({table.name} has rows): restore into a new one"
            )


def _check_counts(connection: Connection, manifest: dict[str, Any]) -> None:
    for table in Base.metadata.sorted_tables:
        found = connection.scalar(select(func.count()).select_from(table))
        wanted = manifest["tables"][table.name]["rows"]
        if found != wanted:
            raise BackupError(f"{table.name}: {found} rows restored, {wanted} in the backup")


def _set_sequences(connection: Connection) -> None:
    """PostgreSQL numbers rows by sequences, which inserts with given keys do not move."""
    for table in Base.metadata.sorted_tables:
        key = table.primary_key.columns.values()[0]
        if key.name != "id" or not isinstance(key.type, Integer):
            continue
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                f"COALESCE((SELECT MAX(id) FROM {table.name}), 0) + 1, false)"
            )
        )


def _write_media(media: Path, name: str, data: bytes) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise BackupError(f"the backup names a file outside the media folder: {name}")
    target = media / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
