"""The commands `opinions`, `count` and `verify` as scripts see them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commands.deliberation import register
from deliberation import ballot_log, chain
from deliberation.definition import Ballot, Definition, Method
from deliberation.receipts import receipt

Run = Callable[..., int]

PB = """META
key;value
description;演示
budget;100
vote_type;approval
PROJECTS
project_id;cost
a;60
b;50
c;40
VOTES
voter_id;vote
1;a,b
2;a,c
3;b
4;a
"""


@pytest.fixture
def run() -> Run:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))

    def run(*arguments: object) -> int:
        args = parser.parse_args([str(argument) for argument in arguments])
        return int(args.run(args))

    return run


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def votes_file(folder: Path, people: int) -> Path:
    lines = ["participant,statement,vote"]
    for person in range(people):
        for statement in range(12):
            side = 1 if statement < 3 or (person + statement) % 2 else -1
            lines.append(f"{person},{statement},{side if (person * statement) % 7 else 0}")
    return written(folder, "votes.csv", "\n".join(lines))


def shown(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_opinions_gives_the_keys_of_the_interface(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Participants, groups, statements, consensus and stability."""
    assert run("opinions", "--votes", votes_file(tmp_path, 60), "--json") == 0
    found = shown(capsys)
    assert set(found["participants"]["7"]) == {"x", "y", "group"}
    assert {"id", "size", "representative"} <= set(found["groups"][0])
    assert {"x", "y", "extremity", "agree", "disagree", "pass", "seen"} <= set(
        found["statements"]["0"]
    )
    assert set(found["consensus"]) == {"agree", "disagree"}
    assert 0 < found["stability"] <= 1
    assert found["groups"][0]["representative"][0]["id"] in found["statements"]


def test_opinions_guards_small_numbers_unless_raw(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty people make no map; --raw shows it all the same."""
    path = votes_file(tmp_path, 20)
    run("opinions", "--votes", path, "--json")
    guarded = shown(capsys)
    assert guarded["groups"] == []
    assert guarded["participants"]["0"]["group"] is None
    run("opinions", "--votes", path, "--json", "--raw")
    assert len(shown(capsys)["groups"]) >= 2


def test_opinions_without_json_is_a_summary(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for the people, one for each group, what all share, and how stable it is."""
    assert run("opinions", "--votes", votes_file(tmp_path, 60)) == 0
    text = capsys.readouterr().out
    assert "60 participants, 60 in the map, 12 statements" in text
    assert "all agree:" in text
    assert "stable" in text


@pytest.mark.parametrize(
    ("rule", "extra", "winners"),
    [
        ("greedy", (), ["a", "c"]),
        ("equal-shares", (), ["a"]),
        ("equal-shares", ("--completion", "greedy"), ["a", "c"]),
        ("equal-shares", ("--utility", "points"), ["a"]),
    ],
)
def test_count_explains_a_pb_file(
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rule: str,
    extra: tuple[str, ...],
    winners: list[str],
) -> None:
    """The stated keys; every funded project has its round."""
    path = written(tmp_path, "vote.pb", PB)
    assert run("count", "--ballots", path, "--rule", rule, "--json", *extra) == 0
    found = shown(capsys)
    assert {"rule", "winners", "tests", "rounds", "outcome"} <= set(found)
    assert found["rule"] == rule
    assert found["winners"] == winners
    assert found["outcome"] == "pass"
    funded = [step["option"] for step in found["rounds"] if step["action"] == "fund"]
    assert funded == winners


def test_count_applies_a_quorum_to_a_csv(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """民法典 278 with persons and areas; numerator, denominator and met of each test."""
    path = written(tmp_path, "b.csv", "voter,vote,area\n1,yes,100\n2,yes,90.5\n3,no,50\n")
    arguments = ["count", "--ballots", path, "--rule", "yes-no", "--quorum", "owners-ordinary"]
    assert run(*arguments, "--eligible", 4, "--eligible-area", "300", "--json") == 0
    found = shown(capsys)
    assert found["outcome"] == "pass"
    assert found["tests"][0]["numerator"] == 2_405_000
    assert found["tests"][0]["denominator"] == 3_000_000
    assert all(test["met"] for test in found["tests"])
    assert run(*arguments, "--eligible", 5, "--eligible-area", "300", "--json") == 0
    assert shown(capsys)["outcome"] == "no_quorum"


def test_count_without_json_shows_each_round(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also who was dropped and by which figures."""
    path = written(tmp_path, "b.csv", "vote\na>b\na>c\nb>c\nc>b\nb>a\nc\na\n")
    assert run("count", "--ballots", path, "--rule", "irv", "--tie", "lot", "--seed", "7") == 0
    text = capsys.readouterr().out
    assert "irv: pass; winners: " in text
    assert "1. drop" in text


def test_count_knows_what_does_not_go_together(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2: a budget rule without a budget, a .pb file under another rule, a lot unseeded."""
    pb, ballots = written(tmp_path, "v.pb", PB), written(tmp_path, "v.csv", "vote\na\n")
    assert run("count", "--ballots", ballots, "--rule", "greedy") == 2
    assert run("count", "--ballots", pb, "--rule", "approval") == 2
    assert run("count", "--ballots", ballots, "--rule", "single", "--tie", "lot") == 2
    with pytest.raises(SystemExit, match="2"):
        run("count", "--ballots", ballots, "--rule", "acclamation")
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("opinions", "--votes", "missing.csv"),
        ("count", "--ballots", "missing.pb", "--rule", "greedy"),
        ("verify", "missing.jsonl"),
    ],
)
def test_a_file_that_is_not_there_is_a_failure_with_a_message(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """Status 1."""
    assert run(*(tmp_path / a if a.startswith("missing") else a for a in arguments)) == 1
    assert "missing" in capsys.readouterr().err


def test_a_faulty_file_is_a_failure_with_its_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, on stderr."""
    path = written(tmp_path, "b.csv", "vote\nyes\nwell\n")
    assert run("count", "--ballots", path, "--rule", "yes-no") == 1
    assert "line 3" in capsys.readouterr().err


def exported() -> str:
    definition = Definition(Method.YES_NO)
    events = [ballot_log.opened("B-1", definition, secret=True, electorate="0" * 64)]
    for code in (receipt(b"\0\0\0\1"), receipt(b"\0\0\0\2")):
        events.append(ballot_log.cast(events[-1], ballot_log.Cast(code)))
    ballots = [Ballot("yes"), Ballot("no")]
    events += ballot_log.closed(events[-1], definition, ballots, secret=True)
    return chain.export(events)


def test_verify_tells_whole_from_broken(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 0 with the head; status 1 with the first broken entry."""
    text = exported()
    assert run("verify", written(tmp_path, "log.jsonl", text)) == 0
    head = json.loads(text.splitlines()[-1])["hash"]
    assert f"whole: 7 entries, 2 receipts, head {head}" in capsys.readouterr().out
    broken = written(tmp_path, "broken.jsonl", text.replace('"choice":"no"', '"choice":"yes"'))
    assert run("verify", broken) == 1
    assert "broken at entry 5" in capsys.readouterr().err
    assert run("verify", written(tmp_path, "log.jsonl", text), "--head", "f" * 64) == 1
