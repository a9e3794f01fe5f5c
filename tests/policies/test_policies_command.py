"""`import-policy`: files and folders into the knowledge base, each file told by itself."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest

import main
from commands.support import open_database
from demo.community import TREE
from settings import load_settings
from storage.engine import Database
from tests.policies.papers import in_force

MARKDOWN = """---
title: 养犬登记
number: 示例〔2025〕9号
issued: 2025-03-01
---

## 材料

养犬人身份证。
"""


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and a database with the demo community behind the commands."""
    monkeypatch.setenv("SHUOSHI_DEMO", "true")
    monkeypatch.setenv("SHUOSHI_DATABASE__URL", f"sqlite:///{tmp_path}/shuoshi.db")
    for words in (["migrate"], ["import-places", str(TREE)]):
        assert main.main(words) == 0
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder


def published() -> list[tuple[str, int]]:
    """What is in force in the first account's community."""
    settings = load_settings(Path("config.yaml"))
    database: Database
    with open_database(settings) as database:
        return in_force(database)


def test_a_folder_of_several_kinds_is_imported_and_published(
    papers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Markdown, HTML, DOCX and XLSX, one line for each file; a second run changes nothing."""
    (papers / "a.md").write_text(MARKDOWN, "utf-8")
    page = "<title>停车收费</title><h1>停车收费</h1><h2>标准</h2><p>每小时5元。</p>"
    (papers / "b.html").write_text(f'<meta charset="utf-8">{page}', "utf-8")
    letter = docx.Document()
    letter.add_heading("装修管理规定", 0)
    letter.add_paragraph("工作日8:00至18:00可以施工。")
    letter.save(str(papers / "c.docx"))
    book = openpyxl.Workbook()
    for row in (("事项", "电话"), ("水管维修", "0000-1111")):
        book.active.append(row)
    book.save(papers / "便民电话.xlsx")
    (papers / "notes.tmp").write_text("not a document", "utf-8")
    assert main.main(["import-policy", str(papers)]) == 0
    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.endswith("published") for line in lines] == [True] * 4
    assert "《养犬登记》 version 1, 1 passages" in lines[0]
    assert main.main(["import-policy", str(papers)]) == 0
    assert capsys.readouterr().out.count("unchanged") == 4
    titles = dict(published())
    assert len(titles) == 4
    assert set(titles.values()) == {1}


def test_drafts_wait(papers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --draft nothing is published."""
    (papers / "a.md").write_text(MARKDOWN, "utf-8")
    assert main.main(["import-policy", "--draft", str(papers)]) == 0
    assert capsys.readouterr().out.endswith("draft\n")
    assert published() == []


def test_a_bad_file_is_told_and_the_others_are_taken(
    papers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is 1, stderr names file and reason, the good file is in."""
    (papers / "a.md").write_text(MARKDOWN, "utf-8")
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    strange, missing = papers / "x.rtf", papers / "missing.md"
    strange.write_text("{}", "utf-8")
    assert main.main(["import-policy", str(papers), str(strange), str(missing)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in told] == [
        str(papers / "broken.pdf"),
        str(strange),
        str(missing),
    ]
    assert all(line.partition(": ")[2] for line in told)
    assert published() == [("养犬登记", 1)]


def test_an_empty_folder_and_an_unknown_community_are_errors(
    papers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to import is not success."""
    assert main.main(["import-policy", str(papers)]) == 1
    assert "没有可以导入的文件" in capsys.readouterr().err
    assert main.main(["import-policy", "--community", "nowhere", str(papers)]) == 1
    assert "nowhere" in capsys.readouterr().err
