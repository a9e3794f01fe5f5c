"""`demo` on the command line: into an empty database, once, and never into one in service."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from sqlalchemy import func, select

from commands import demo
from demo.community import PASSWORD
from intents import Understander
from storage.engine import Database
from storage.messages import InboundMessage
from tests.conftest import MODEL

SERVICE = """
database: {{url: "sqlite:///{folder}/demo.db"}}
paths: {{media: {folder}/media, model: {model}}}
wechat: {{appid: wx0123456789abcdef, token: a-token}}
security: {{secret_key: {secret}}}
"""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """A configuration that says only where things are."""
    file = tmp_path / "config.yaml"
    file.write_text(
        f'database: {{url: "sqlite:///{tmp_path}/demo.db"}}\n'
        f"paths: {{media: {tmp_path}/media, model: {MODEL}}}\n",
        encoding="utf-8",
    )
    return file


def run(file: Path) -> int:
    return demo.run(argparse.Namespace(config=str(file)))


def test_demo_fills_an_empty_database_and_leaves_a_full_one_alone(
    settings_file: Path, understander: Understander, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(settings_file) == 0
    assert PASSWORD in capsys.readouterr().out
    before = _messages(settings_file)
    assert run(settings_file) == 1
    assert "not empty" in capsys.readouterr().err
    assert _messages(settings_file) == before > 300


def _messages(settings_file: Path) -> int:
    url = f"sqlite:///{settings_file.parent}/demo.db"
    with Database(url, "any", threads=1) as database:
        count = select(func.count(InboundMessage.id))
        return database.read_now(lambda s: s.scalar(count)) or 0


def test_demo_refuses_a_configuration_in_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sign-in is public: no real deployment gets it by mistake."""
    file = tmp_path / "config.yaml"
    file.write_text(SERVICE.format(folder=tmp_path, model=MODEL, secret="s" * 40), encoding="utf-8")
    assert run(file) == 1
    assert "known to everybody" in capsys.readouterr().err
    assert not (tmp_path / "demo.db").exists()
