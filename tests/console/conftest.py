"""The console over a real database with a small community in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from storage import migrate
from storage.engine import Database
from tests.console.seed import Seeded, fill
from tests.console.world import SECRET, Console, open_console

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, or the one that playwright brings."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=found, args=QUIET)
        yield chromium
        await chromium.close()


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
    async with open_console(console_database, template[1], tmp_path) as opened:
        yield opened
