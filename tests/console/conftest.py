"""The console over a real database with a small community in it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from console.app import add_console
from console.deps import ConsoleDeps
from services import canned
from storage import migrate
from storage.engine import Database
from tests.console.seed import HOURS, Seeded, fill
from tests.console.world import Clock, Console


SECRET = "secret of the console's tests, long enough"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Seeded]:
    """The seeded database as a file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("console") / "seeded.db"
    with Database(f"sqlite:///{path}", SECRET) as opened:
        migrate.upgrade(opened)
        return path, opened.write_now(fill)


@pytest.fixture
def console_database(template: tuple[Path, Seeded], tmp_path: Path) -> Iterator[Database]:
    """A seeded database of the test's own."""
    copy = shutil.copy(template[0], tmp_path / "console.db")
    with Database(f"sqlite:///{copy}", SECRET, threads=4) as opened:
        yield opened


@pytest.fixture
async def console(
    console_database: Database, template: tuple[Path, Seeded], tmp_path: Path
) -> AsyncIterator[Console]:
    """The console with a clock that stands still."""
    clock = Clock()
    woken: list[int] = []
    deps = ConsoleDeps(
        database=console_database,
        hours=HOURS,
        clock=clock,
        media_dir=tmp_path / "media",
        notify_outbox=lambda: woken.append(1),
        categories={"lighting": "楼道照明"},
        canned=tuple(canned.read()),
        poll_seconds=0.02,
    )
    deps.media_dir.mkdir()
    Image.new("RGB", (8, 6), (90, 110, 100)).save(deps.media_dir / "lamp.png")
    app = web.Application()
    add_console(app, deps)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield Console(client, console_database, clock, template[1], deps.media_dir, woken)
