"""The page on adding a service is true: its code, word for word, makes a working service."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import select

import handlers
from commands import assembly
from handlers.kit import Service
from handlers.registry import Registry, WiringError
from intents import Understander
from storage.desk import QueueItem
from tests.desk import open_desk
from tests.shared_data import ROOT

PAGE = ROOT / "docs" / "how-to-add-a-service.md"


def service_of_the_page() -> Service:
    """The service that the page's first block of Python defines."""
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    module = ModuleType("handlers.umbrella")
    exec(compile(code, "umbrella.py", "exec"), module.__dict__)  # noqa: S102 - our own page
    service: Service = module.__dict__["SERVICE"]
    return service


@pytest.fixture
def with_umbrella(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of services with one line more, as the page says."""
    services = (*handlers.SERVICES, service_of_the_page())
    monkeypatch.setattr(assembly, "SERVICES", services)


@pytest.mark.usefixtures("with_umbrella")
async def test_the_service_of_the_page_works(
    sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """It asks, refuses what it cannot read, files the wish and says by when."""
    async with open_desk(sqlite_database_url, understander, tmp_path) as desk:
        assert "借几天" in await desk.say("o1", "借伞")
        assert "1 到 7" in await desk.say("o1", "十天吧")
        assert "借 3 天" in await desk.say("o1", "3天")
        items = desk.look(lambda s: s.scalars(select(QueueItem)).all())
    assert [(item.title, item.intent) for item in items] == [("借伞 3 天", "umbrella")]


def test_a_name_claimed_twice_stops_the_program() -> None:
    """The wiring fault names both services."""
    service = service_of_the_page()
    with pytest.raises(WiringError, match="umbrella"):
        Registry((*handlers.SERVICES, service, service))
