"""Backup and restore: whole, verified, from either database into either."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage import backup, migrate
from storage.engine import Database
from storage.tables import AuditEntry, Base, Community, Place, Resident
from tests.conftest import SECRET

NOW = datetime(2026, 3, 4, 2, 30, 15, 123456, tzinfo=UTC)


def fill(session: Session) -> None:
    """A community with a resident whose phone is encrypted, and an audit entry."""
    community = Community(code="demo", name="和平里社区", created_at=NOW)
    session.add(community)
    session.flush()
    place = Place(
        community_id=community.id, kind="community", code="demo", name="和平里", path="/demo/"
    )
    session.add(place)
    session.add(
        Resident(
            community_id=community.id,
            account="",
            openid="o1",
            name="王秀兰",
            phone="13900001234",
            created_at=NOW,
        )
    )
    session.add(AuditEntry(at=NOW, action="look", after={"说明": "查看"}))


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A media folder with one file."""
    folder = tmp_path / "media"
    (folder / "1" / "ab").mkdir(parents=True)
    (folder / "1" / "ab" / "photo.jpg").write_bytes(b"\xff\xd8 picture")
    return folder


def _rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("other", ["sqlite", "postgres"])
def test_a_restored_backup_is_the_same_state(
    database: Database,
    other: str,
    request: pytest.FixtureRequest,
    media: Path,
    tmp_path: Path,
) -> None:
    """Every row, every encrypted value and every file comes back, on either database."""
    database.write_now(fill)
    archive = tmp_path / "backup.tar.gz"
    written = backup.back_up(database, media, archive, NOW)
    assert written == backup.verify(archive)
    url = (
        f"sqlite:///{tmp_path}/restored.db"
        if other == "sqlite"
        else request.getfixturevalue("second_postgres_url")
    )
    with Database(url, SECRET) as restored:
        target = tmp_path / "restored-media"
        assert backup.restore(restored, target, archive) == written
        assert _rows(restored) == _rows(database)
        assert (target / "1" / "ab" / "photo.jpg").read_bytes() == b"\xff\xd8 picture"
        # new rows get new numbers, also where numbers come from a sequence
        restored.write_now(lambda s: s.add(AuditEntry(at=NOW, action="after")))


def test_a_backup_tells_nothing_personal_without_the_key(
    database: Database, media: Path, tmp_path: Path
) -> None:
    """Encrypted columns stay encrypted in the file."""
    database.write_now(fill)
    archive = tmp_path / "backup.tar.gz"
    backup.back_up(database, media, archive, NOW)
    with tarfile.open(archive) as opened:
        member = opened.extractfile("tables/residents.jsonl")
        assert member is not None
        text = member.read().decode()
    assert "13900001234" not in text
    assert "王秀兰" not in text


def _tamper(archive: Path, name: str, change: bytes) -> None:
    with tarfile.open(archive) as opened:
        parts = {m.name: opened.extractfile(m).read() for m in opened.getmembers()}  # type: ignore[union-attr]
    parts[name] = change
    with tarfile.open(archive, "w:gz") as opened:
        for part, data in parts.items():
            info = tarfile.TarInfo(part)
            info.size = len(data)
            opened.addfile(info, io.BytesIO(data))


def test_a_changed_file_is_noticed(database: Database, media: Path, tmp_path: Path) -> None:
    """A digest that differs stops verify and restore; the database stays empty."""
    database.write_now(fill)
    archive = tmp_path / "backup.tar.gz"
    backup.back_up(database, media, archive, NOW)
    _tamper(archive, "tables/audit_entries.jsonl", b"")
    with pytest.raises(backup.BackupError, match="digest differs"):
        backup.verify(archive)
    with Database(f"sqlite:///{tmp_path}/new.db", SECRET) as restored:
        with pytest.raises(backup.BackupError, match="digest differs"):
            backup.restore(restored, tmp_path / "m", archive)
        assert all(not rows for rows in _rows(restored).values())


def test_a_backup_goes_only_into_an_empty_database(
    database: Database, media: Path, tmp_path: Path
) -> None:
    """Nothing is ever overwritten by a restore."""
    database.write_now(fill)
    archive = tmp_path / "backup.tar.gz"
    backup.back_up(database, media, archive, NOW)
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(database, media, archive)


def test_a_backup_of_another_schema_is_refused(
    database: Database, media: Path, tmp_path: Path
) -> None:
    """The version that made a backup restores it."""
    archive = tmp_path / "backup.tar.gz"
    backup.back_up(database, media, archive, NOW)
    with tarfile.open(archive) as opened:
        member = opened.extractfile("manifest.json")
        assert member is not None
        manifest = json.loads(member.read())
    _tamper(archive, "manifest.json", json.dumps(manifest | {"revision": "9999"}).encode())
    with Database(f"sqlite:///{tmp_path}/new.db", SECRET) as restored:
        migrate.upgrade(restored)
        with pytest.raises(backup.BackupError, match="9999"):
            backup.restore(restored, tmp_path / "m", archive)


def test_restored_append_only_rows_are_guarded_again(
    database: Database, media: Path, tmp_path: Path
) -> None:
    """The triggers stand in the restored database too."""
    database.write_now(fill)
    archive = tmp_path / "backup.tar.gz"
    backup.back_up(database, media, archive, NOW)
    with Database(f"sqlite:///{tmp_path}/new.db", SECRET) as restored:
        backup.restore(restored, tmp_path / "m", archive)
        with pytest.raises(Exception, match="append-only"):
            restored.write_now(lambda s: s.query(AuditEntry).delete())
