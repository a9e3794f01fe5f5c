"""`hotspots` as it is called."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from commands import hotspots

ROWS = (
    "id,time,text,up,down\n"
    "a,2025/6/2 9:05:00,桂花苑电梯坏了，老人下不了楼,3,0\n"
    "b,2025-06-03T10:00:00+08:00,桂花苑电梯坏了三天，老人下不了楼,,\n"
    "c,2025-06-04,图书角的开放时间,0,1\n"
)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    hotspots.register(parser.add_subparsers())
    args = parser.parse_args(["hotspots", *words])
    status: int = args.run(args)
    return status


def written(folder: Path, content: str) -> str:
    path = folder / "messages.csv"
    path.write_text(content, "utf-8")
    return str(path)


def test_json_is_one_list_by_heat(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The keys and units of the documented form; times in Beijing time."""
    assert run("--messages", written(tmp_path, ROWS), "--json") == 0
    (topic,) = json.loads(capsys.readouterr().out)
    assert list(topic) == ["rank", "heat", "place", "start", "end", "size", "ids", "summary"]
    assert (topic["rank"], topic["size"], topic["ids"]) == (1, 2, ["a", "b"])
    assert topic["start"] == "2025-06-02T09:05:00+08:00"
    assert topic["heat"] > 0


def test_the_table_tells_the_summary(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("--messages", written(tmp_path, ROWS)) == 0
    assert "电梯坏了" in capsys.readouterr().out


def test_given_places_and_titles_are_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = (
        "id,time,title,text,place\n"
        "1,2025-06-02,电梯坏了,老人下不了楼,桂花苑\n2,2025-06-02,电梯坏了,老人下不去,桂花苑\n"
    )
    assert run("--messages", written(tmp_path, rows), "--json") == 0
    (topic,) = json.loads(capsys.readouterr().out)
    assert (topic["place"], topic["summary"]) == ("桂花苑", "桂花苑：电梯坏了")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id,text\n1,电梯\n", "time"),
        ("id,time,text\n1,昨天,电梯\n", "line 2"),
        ("id,time,text,up\n1,2025-06-02,电梯,多\n", "line 2"),
        ("id,time,text\n1,2025-06-02,电梯\n1,2025-06-03,路灯\n", "twice"),
    ],
)
def test_a_file_that_cannot_be_used_fails_with_its_fault(
    content: str, told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("--messages", written(tmp_path, content)) == 1
    assert told in capsys.readouterr().err


def test_a_missing_file_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("--messages", str(tmp_path / "none.csv")) == 1
    assert "none.csv" in capsys.readouterr().err
