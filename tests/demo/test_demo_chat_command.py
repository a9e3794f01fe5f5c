"""`main.py chat`: lines through the real webhook, replies on stdout."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from commands import chat
from demo.community import open_community
from intents import Understander
from settings import DEMO_SECRET
from storage import migrate
from storage.engine import Database
from tests.conftest import MODEL

Talk = Callable[..., int]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Of a database that nobody has made yet."""
    return f"sqlite:///{tmp_path}/chat.db"


@pytest.fixture
def talk(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """Runs the command on lines, in a demo of the test's own."""
    monkeypatch.setenv("SHUOSHI_DEMO", "true")
    monkeypatch.setenv("SHUOSHI_DATABASE__URL", database_url)
    monkeypatch.setenv("SHUOSHI_PATHS__MODEL", str(MODEL))
    monkeypatch.setenv("SHUOSHI_PATHS__MEDIA", str(tmp_path / "media"))
    monkeypatch.setenv("SHUOSHI_SERVER__PORT", "1")

    def run(*lines: str, openid: str = "terminal") -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        parser = argparse.ArgumentParser()
        parser.set_defaults(config=str(tmp_path / "none.yaml"))
        chat.register(parser.add_subparsers())
        args = parser.parse_args(["chat", "--as", openid])
        status: int = args.run(args)
        return status

    yield run
    structlog.reset_defaults()


@pytest.fixture
def community(database_url: str) -> None:
    with Database(database_url, DEMO_SECRET, threads=1) as database:
        migrate.upgrade(database)
        database.write_now(lambda s: open_community(s, datetime.now(UTC)))


@pytest.mark.usefixtures("community")
def test_a_conversation_comes_out_as_one_block_a_reply(
    talk: Talk, understander: Understander, capsys: pytest.CaptureFixture[str]
) -> None:
    assert talk("3栋2单元三楼的灯坏了", "1", "/menu track") == 0
    blocks = capsys.readouterr().out.strip().split("\n\n")
    assert len(blocks) == 3
    assert "1 提交" in blocks[0]
    assert "编号" in blocks[1]
    assert "灯坏了" in blocks[2]


@pytest.mark.usefixtures("community")
def test_a_line_that_was_not_sent_is_a_failure(
    talk: Talk, understander: Understander, capsys: pytest.CaptureFixture[str]
) -> None:
    assert talk("/photo /no/such/file") == 1
    assert "/photo" in capsys.readouterr().out


def test_without_a_database_the_remedy_is_named(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert talk("你好") == 1
    assert "migrate" in capsys.readouterr().err


def test_a_strange_openid_is_wrong_usage(talk: Talk) -> None:
    with pytest.raises(SystemExit, match="2"):
        talk("你好", openid="a b")
