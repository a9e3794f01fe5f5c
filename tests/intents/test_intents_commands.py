"""The commands of the language engine, through their arguments."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from commands import intents as command


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    command.register(commands)
    args = parser.parse_args(arguments)
    code: int = args.run(args)
    return code


def test_models_lie_where_the_configuration_says(
    model_directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless --model names another place."""
    monkeypatch.setenv("SHUOSHI_PATHS__MODEL", str(model_directory))
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", default="config.yaml")
    command.register(parser.add_subparsers())
    args = parser.parse_args(["classify"])
    used: list[Path] = []
    monkeypatch.setattr(command, "ensure_model", used.append)
    speak(monkeypatch)
    assert args.run(args) == 0
    assert used == [model_directory]
    assert capsys.readouterr().out == ""


def speak(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_classify_writes_one_object_a_line(
    model_directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text, intent, confidence, ranking and entities for each line read."""
    speak(monkeypatch, "路灯坏了三天", "我要投票", "")
    assert run(["classify", "--model", str(model_directory)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["intent"] for row in rows] == ["report_issue", "deliberate", "out_of_scope"]
    assert {"text", "intent", "confidence", "ranking", "entities"} <= set(rows[0])
    assert rows[0]["ranking"][0][0] == "report_issue"


def test_categorise_writes_category_and_group(
    model_directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Category, group, confidence and ranking for each line read."""
    speak(monkeypatch, "电梯坏了")
    assert run(["categorise", "--model", str(model_directory)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["category"], row["group"]) == ("elevator.fault", "elevator")
    assert len(row["ranking"]) > 50


def test_evaluate_gives_the_promised_keys(
    model_directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The running model on a CSV, as JSON and as a page."""
    test = tmp_path / "test.csv"
    test.write_text("text,label\n路灯坏了,report_issue\n我要投票,points\n", encoding="utf-8")
    arguments = ["evaluate", "intents", "--model", str(model_directory), "--test", str(test)]
    assert run([*arguments, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["n"], figures["accuracy"]) == (2, 0.5)
    assert {"macro_f1", "ece", "median_ms", "labels", "errors"} <= set(figures)
    assert figures["errors"][0]["predicted"] == "deliberate"
    assert run(arguments) == 0
    page = capsys.readouterr().out
    assert all(word in page for word in ("macro-F1", "confusion", "manner", "errors: 1"))


def test_evaluate_trains_on_another_task(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same pipeline learns any labels from a CSV."""
    rows = [f"苹果很甜第{i}个,水果\n汽车很快第{i}辆,车\n" for i in range(10)]
    path = tmp_path / "train.csv"
    path.write_text("text,label\n" + "".join(rows), encoding="utf-8")
    assert run(["evaluate", "intents", "--train", str(path), "--test", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == 1.0


def test_wrong_file_fails_with_a_message(
    model_directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file and missing columns end with status 1 and a word about why."""
    empty = tmp_path / "empty.csv"
    empty.write_text("a,b\n", encoding="utf-8")
    for path in (tmp_path / "none.csv", empty):
        arguments = ["evaluate", "intents", "--model", str(model_directory), "--test", str(path)]
        assert run(arguments) == 1
        assert path.name in capsys.readouterr().err


def test_train_switches_only_when_no_label_falls(
    model_directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Training again from the same examples is as good as before and is switched to."""
    assert command.train_and_compare(model_directory) == 0
    assert "held-out macro-F1" in capsys.readouterr().out
