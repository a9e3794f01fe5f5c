"""The command line: exit status, messages, and what it leaves in the database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import main
from commands.support import open_database
from demo.community import TREE
from services.residents import meet
from settings import load_settings
from storage.communities import Community
from storage.residents import Resident
from tests.conftest import MODEL, NOW


class Run:
    """A command line with what it printed."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self._patch, self._capture = folder, patch, capture
        self.out = self.err = ""

    def __call__(self, *words: str, **environment: str) -> int:
        for name, value in environment.items():
            self._patch.setenv(name, value)
        status = main.main(list(words))
        self.out, self.err = self._capture.readouterr()
        return status


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in demo mode on a new database."""
    monkeypatch.setenv("SHUOSHI_DEMO", "true")
    monkeypatch.setenv("SHUOSHI_DATABASE__URL", f"sqlite:///{tmp_path}/shuoshi.db")
    monkeypatch.setenv("SHUOSHI_PATHS__MEDIA", str(tmp_path / "media"))
    monkeypatch.setenv("SHUOSHI_PATHS__MODEL", str(MODEL))
    return Run(tmp_path, monkeypatch, capsys)


def test_wrong_usage_is_status_2(run: Run) -> None:
    """Unknown commands and missing arguments are told by the parser."""
    for words in ((), ("unheard-of",), ("backup",)):
        with pytest.raises(SystemExit) as caught:
            run(*words)
        assert caught.value.code == 2


def test_every_command_of_the_interface_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    """--help works for each command and says something."""
    for command in (
        *("serve", "worker", "chat", "check", "migrate", "demo", "staff", "train", "classify"),
        *("categorise", "ask", "evaluate", "opinions", "count", "verify", "export", "forget"),
        *("backup", "restore", "import-places", "import-policy", "hotspots", "menu", "qr"),
        *("report",),
        *("evaluate intents", "evaluate knowledge", "menu push", "staff add", "staff list"),
        *("staff disable", "staff passwd"),
    ):
        with pytest.raises(SystemExit) as caught:
            main.main([*command.split(), "--help"])
        assert caught.value.code == 0
        assert len(capsys.readouterr().out) > 80


def test_check_tells_what_is_missing_until_nothing_is(run: Run) -> None:
    """First the migrations, then the community, then all is in order."""
    assert run("check") == 1
    assert "main.py migrate" in run.err
    assert run("migrate") == 0
    assert run("check") == 1
    assert "import-places" in run.err
    assert run("import-places", str(TREE)) == 0
    assert run("check") == 0
    assert "in order" in run.out


def test_check_notices_a_misspelt_variable(run: Run) -> None:
    """A variable that names no key is told."""
    run("migrate")
    assert run("check", SHUOSHI_WECHT__TOKEN="x") == 1
    assert "SHUOSHI_WECHT__TOKEN" in run.err


def test_a_tree_is_imported_twice_without_doubling(run: Run) -> None:
    """Places are known by their code; a second import updates them."""
    run("migrate")
    assert run("import-places", str(TREE)) == 0
    first = run.out
    assert run("import-places", str(TREE)) == 0
    assert run.out == first


@pytest.mark.parametrize(
    ("text", "fault"),
    [("kind: planet\ncode: x\nname: y", "kind"), ("[", "places.yaml"), ("kind: grid", "code")],
)
def test_a_wrong_tree_is_refused_with_the_place(run: Run, text: str, fault: str) -> None:
    """The message names the file and what is wrong."""
    run("migrate")
    path = run.folder / "places.yaml"
    path.write_text(text, encoding="utf-8")
    assert run("import-places", str(path)) == 1
    assert fault in run.err


def test_backup_and_restore_move_a_community(run: Run) -> None:
    """What was backed up is there again in a new database, and check is content with it."""
    run("migrate")
    run("import-places", str(TREE))
    archive = str(run.folder / "b.tar.gz")
    assert run("backup", archive) == 0
    assert "verified" in run.out
    elsewhere = f"sqlite:///{run.folder}/second.db"
    assert run("restore", archive, SHUOSHI_DATABASE__URL=elsewhere) == 0
    assert run("check") == 0
    assert run("restore", archive) == 1
    assert "not empty" in run.err


def _resident(run: Run) -> int:
    settings = load_settings(Path("config.yaml"))
    with open_database(settings) as database:

        def work(session: Session) -> int:
            community = session.query(Community).one()
            resident = meet(session, community.id, "", "o1", NOW)
            resident.phone = "13900001234"
            return resident.id

        return database.write_now(work)


def test_a_residents_data_is_exported_and_forgotten(run: Run) -> None:
    """Export shows what is stored; after forget nothing personal is left."""
    run("migrate")
    run("import-places", str(TREE))
    number = str(_resident(run))
    assert run("export", "--resident", number) == 0
    assert json.loads(run.out)["resident"]["phone"] == "13900001234"
    assert run("forget", "--resident", number) == 0
    with open_database(load_settings(Path("config.yaml"))) as database:
        row = database.read_now(lambda s: s.get_one(Resident, int(number)))
    assert (row.phone, row.openid.startswith("gone-")) == (None, True)
    assert run("export", "--resident", "999") == 1


def test_a_poster_is_made_for_a_place_that_exists(run: Run) -> None:
    """An SVG for a known place; an unknown code or kind is refused."""
    run("migrate")
    run("import-places", str(TREE))
    out = run.folder / "poster.svg"
    assert run("qr", "place", "B3U2", "--out", str(out)) == 0
    assert "和平里社区" in out.read_text(encoding="utf-8")
    assert run("qr", "place", "NOWHERE", "--out", str(out)) == 1
    assert run("qr", "planet", "B3U2", "--out", str(out)) == 1
    assert run("qr", "place", "B3U2", "--out", str(run.folder / "poster.gif")) == 1


def test_a_wrong_configuration_is_told_not_traced(run: Run) -> None:
    """A fault in the file is one line on stderr, not a traceback."""
    path = run.folder / "config.yaml"
    path.write_text("server: {prot: 1}", encoding="utf-8")
    assert run("--config", str(path), "migrate") == 1
    assert "server.prot: unknown key" in run.err
