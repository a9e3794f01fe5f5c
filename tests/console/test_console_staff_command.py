"""`staff add|list|disable|passwd` at the command line."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest

from commands import staff
from commands.support import open_database, settings_of
from services import passwords
from services import staff as people
from services.places import import_tree, read_tree
from storage import migrate
from tests.console.seed import NOW, TREE


class Line:
    """The command line over a database of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._config = folder / "config.yaml"
        self._config.write_text(
            f"demo: true\ndatabase: {{url: 'sqlite:///{folder}/line.db'}}\n", encoding="utf-8"
        )
        self._monkeypatch = monkeypatch
        self._parser = argparse.ArgumentParser()
        self._parser.add_argument("--config", default=str(self._config))
        staff.register(self._parser.add_subparsers())

    def args(self, *words: str) -> argparse.Namespace:
        return self._parser.parse_args(words)

    def run(self, *words: str, typed: str = "") -> int:
        """The exit status of `staff WORDS…` with a password piped in."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        args = self.args("staff", *words)
        status: int = args.run(args)
        return status


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line(tmp_path, monkeypatch)
    with open_database(settings_of(made.args("staff", "list"))) as database:
        migrate.upgrade(database)
        database.write_now(lambda session: import_tree(session, read_tree(TREE), NOW))
    return made


ADD = ("add", "wang", "--role", "administrator")


def test_the_first_administrator_is_added_from_a_pipe(
    line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a scope it is the root of the tree."""
    assert line.run(*ADD, typed="a long sentence") == 0
    assert (
        line.run("add", "li", "--role", "grid_worker", "--scope", "g1", typed="another one!") == 0
    )
    assert line.run("list") == 0
    listed = capsys.readouterr().out
    assert "wang\twang\t管理员\t/st/" in listed
    assert "li\tli\t网格员\t/st/demo/g1/" in listed
    with open_database(settings_of(line.args("staff", "list"))) as database:
        added = database.read_now(lambda session: people.by_login(session, "wang"))
    assert added is not None
    assert passwords.fits(added.password_hash, "a long sentence")


@pytest.mark.parametrize(
    ("words", "typed", "fault"),
    [
        (ADD, "short", "密码至少"),
        ((*ADD, "--scope", "nowhere"), "a long sentence", "没有这个范围"),
        (("disable", "nobody"), "", "没有这个登录名"),
        (("passwd", "nobody"), "a long sentence", "没有这个登录名"),
    ],
)
def test_what_cannot_be_is_said_on_stderr(
    line: Line,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    typed: str,
    fault: str,
) -> None:
    assert line.run(*words, typed=typed) == 1
    assert fault in capsys.readouterr().err


def test_an_unknown_role_is_wrong_usage(line: Line) -> None:
    with pytest.raises(SystemExit) as stopped:
        line.run("add", "wang", "--role", "king")
    assert stopped.value.code == 2


def test_a_password_is_set_and_an_account_disabled(line: Line) -> None:
    """The last administrator cannot be disabled, anybody else can."""
    line.run(*ADD, typed="a long sentence")
    line.run("add", "li", "--role", "reviewer", typed="another one!")
    assert line.run("passwd", "li", typed="yet another one") == 0
    assert line.run("disable", "li") == 0
    assert line.run("disable", "wang") == 1


def test_an_old_database_is_told_to_migrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Line(tmp_path, monkeypatch).run("list") == 1
    assert "migrate" in capsys.readouterr().err
