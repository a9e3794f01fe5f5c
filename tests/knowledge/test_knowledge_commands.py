"""`ask` and `evaluate knowledge` as they are called."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from commands import knowledge
from commands.evaluate import evaluate_group


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    knowledge.register(parser.add_subparsers())
    args = parser.parse_args(words)
    status: int = args.run(args)
    return status


def test_ask_prints_one_json_object_a_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("老年证要带什么材料\n\n护照过期了去哪换\n"))
    assert run("ask") == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert set(first) == {"question", "answered", "answer", "citations", "choices"}
    assert first["answered"] is True
    assert set(first["citations"][0]) == {"document", "section", "score"}
    assert second["answered"] is False
    assert second["citations"] == []


def test_ask_reads_the_entries_of_a_given_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "pool.md").write_text(
        "---\ntitle: 社区泳池开放\n---\n## 时间\n\n9:00—18:00。\n", "utf-8"
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("泳池几点开\n"))
    assert run("ask", "--base", str(tmp_path)) == 0
    assert "9:00" in json.loads(capsys.readouterr().out)["answer"]


def test_a_broken_entry_fails_with_a_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bad.md").write_text("没有标题", "utf-8")
    assert run("ask", "--base", str(tmp_path)) == 1
    assert "bad" in capsys.readouterr().err


def measured_files(folder: Path) -> tuple[str, str]:
    corpus, questions = folder / "corpus.jsonl", folder / "questions.jsonl"
    rows = [
        {"id": "甲法第一条", "text": "甲法第一条 养犬应当登记。"},
        {"id": "b", "text": "垃圾分类。"},
    ]
    asked = [{"question": "养犬", "id": ["甲法第一条", "x"]}, {"question": "垃圾", "id": "x"}]
    corpus.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    questions.write_text("\n".join(map(json.dumps, asked)), "utf-8")
    return str(corpus), str(questions)


def test_evaluate_gives_recall_rank_and_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A list of ids counts any of them as right."""
    corpus, questions = measured_files(tmp_path)
    words = ("evaluate", "knowledge", "--corpus", corpus, "--questions", questions)
    assert run(*words, "--json") == 0
    measures = json.loads(capsys.readouterr().out)
    keys = {"n", "recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "median_ms"}
    assert set(measures) == keys
    assert (measures["n"], measures["recall@1"], measures["mrr@10"]) == (2, 0.5, 0.5)
    assert run(*words) == 0
    assert "recall@5" in capsys.readouterr().out


def test_evaluate_fails_with_a_message_on_bad_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    corpus, questions = measured_files(tmp_path)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", "utf-8")
    for pair in ((corpus, str(empty)), (corpus, str(tmp_path / "none")), (questions, corpus)):
        assert run("evaluate", "knowledge", "--corpus", pair[0], "--questions", pair[1]) == 1
        assert capsys.readouterr().err


def test_the_evaluate_command_is_made_once_for_all_engines() -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    assert evaluate_group(commands) is evaluate_group(commands)
