"""`report`: both files of every community, wherever they are wanted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import main
from commands.support import open_database, utc_now
from demo.community import TREE
from services import cases
from services.calendar import OfficeHours
from services.places import community_path
from settings import load_settings
from storage.communities import Community


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that does not exist yet, beside a new database with the demo's places."""
    monkeypatch.setenv("SHUOSHI_DEMO", "true")
    monkeypatch.setenv("SHUOSHI_DATABASE__URL", f"sqlite:///{tmp_path}/shuoshi.db")
    return tmp_path / "there" / "reports"


def raise_a_case() -> None:
    """Somebody tells of a lamp an hour ago."""
    at = utc_now() - timedelta(hours=1)
    with open_database(load_settings(Path("config.yaml"))) as database:

        def work(session: Session) -> None:
            community = session.scalars(select(Community)).one()
            path = community_path(session, community.id)
            new = cases.NewCase(community.id, "lighting.stairwell", "灯坏了", "三楼的灯", path)
            cases.submit(session, new, None, OfficeHours(), at)

        database.write_now(work)


def test_a_report_needs_a_database_and_a_community(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 with what to do."""
    assert main.main(["report", "--period", "month", "--out", str(out)]) == 1
    assert "main.py migrate" in capsys.readouterr().err
    main.main(["migrate"])
    assert main.main(["report", "--period", "month", "--out", str(out)]) == 1
    assert "import-places" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("words", [["--period", "year"], ["--period", "month", "--end", "soon"]])
def test_a_period_or_day_that_does_not_exist_is_wrong_usage(out: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main.main(["report", *words, "--out", str(out)])
    assert caught.value.code == 2


@pytest.mark.parametrize("period", ["half-month", "month", "quarter"])
def test_both_files_are_written_and_named(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, period: str
) -> None:
    """The period of the given day; the figures open the console where its address is known."""
    main.main(["migrate"])
    main.main(["import-places", str(TREE)])
    raise_a_case()
    capsys.readouterr()
    monkeypatch.setenv("SHUOSHI_SERVER__PUBLIC_URL", "https://desk.example")
    today = f"{utc_now() + timedelta(hours=7):%Y-%m-%d}"
    command = ["report", "--period", period, "--end", today, "--out", str(out)]
    assert main.main(command) == 0
    names = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(out.iterdir()) == sorted(names)
    page = next(path for path in names if path.suffix == ".html").read_text(encoding="utf-8")
    assert "https://desk.example/console/cases?measure=raised" in page
    book = openpyxl.load_workbook(next(path for path in names if path.suffix == ".xlsx"))
    counts = {row[0].value: row[2].value for row in book["三率"].iter_rows() if len(row) > 2}
    assert counts["新增"] == 1


def test_without_a_day_it_is_the_period_that_ended_last(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The running month is not over."""
    main.main(["migrate"])
    main.main(["import-places", str(TREE)])
    assert main.main(["report", "--period", "month", "--out", str(out)]) == 0
    last = (utc_now() + timedelta(hours=8)).replace(day=1) - timedelta(days=1)
    assert f"-{last:%Y-%m}.html" in capsys.readouterr().out
