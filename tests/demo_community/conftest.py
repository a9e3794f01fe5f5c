"""The demo community, loaded once for each of a few present moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from commands.demo import load_demo
from intents import Understander
from services.calendar import CHINA
from settings import DatabaseSettings, PathSettings, Settings
from storage import migrate
from storage.engine import Database
from tests.conftest import MODEL

T = TypeVar("T")

MOMENTS = {
    "workday afternoon": datetime(2026, 3, 4, 15, 20, tzinfo=CHINA),
    "Monday before opening": datetime(2026, 6, 8, 8, 50, tzinfo=CHINA),
    "night in the Spring Festival": datetime(2026, 2, 20, 3, 0, tzinfo=CHINA),
}


@dataclass(frozen=True)
class Loaded:
    """A loaded demo and the moment it was loaded at."""

    settings: Settings
    database: Database
    now: datetime

    def look(self, work: Callable[[Session], T]) -> T:
        return self.database.read_now(work)


def settings_in(folder: Path) -> Settings:
    """Demo settings that keep everything in `folder`, with the model of the tests."""
    return Settings(
        demo=True,
        database=DatabaseSettings(url=f"sqlite:///{folder}/demo.db", threads=2),
        paths=PathSettings(media=folder / "media", model=MODEL),
    )


def load(folder: Path, now: datetime) -> Loaded:
    """A demo in a new database below `folder`; the caller closes the database."""
    settings = settings_in(folder)
    database = Database(settings.database.url, settings.security.secret_key, threads=2)
    migrate.upgrade(database)
    load_demo(database, settings, now)
    return Loaded(settings, database, now)


@pytest.fixture(scope="session", params=list(MOMENTS))
def demo(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    understander: Understander,
) -> Iterator[Loaded]:
    """The demo as it stands at each of the moments in turn."""
    loaded = load(tmp_path_factory.mktemp("demo"), MOMENTS[request.param])
    yield loaded
    loaded.database.close()


@pytest.fixture(scope="session")
def workday_demo(
    tmp_path_factory: pytest.TempPathFactory, understander: Understander
) -> Iterator[Loaded]:
    """The demo on a workday afternoon."""
    loaded = load(tmp_path_factory.mktemp("demo"), MOMENTS["workday afternoon"])
    yield loaded
    loaded.database.close()
