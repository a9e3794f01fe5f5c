"""A tampered export is found by `main.py verify`, whatever was done to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deliberation.verify import verify
from main import main
from services import ballot_log
from tests.hall.world import Hall

Lines = list[str]


def _changed(lines: Lines) -> Lines:
    return [line.replace('"choice":"no"', '"choice":"yes"', 1) for line in lines]


def _added(lines: Lines) -> Lines:
    return [*lines[:3], lines[2], *lines[3:]]


def _removed(lines: Lines) -> Lines:
    return [*lines[:2], *lines[3:]]


def _reordered(lines: Lines) -> Lines:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def _cut(lines: Lines) -> Lines:
    return lines[:-1]


def _result(lines: Lines) -> Lines:
    return [*lines[:-1], lines[-1].replace('"outcome":"reject"', '"outcome":"pass"')]


@pytest.mark.parametrize("secret", [True, False])
@pytest.mark.parametrize(
    "tamper", [_changed, _added, _removed, _reordered, _cut, _result], ids=lambda f: f.__name__
)
def test_whatever_is_done_to_an_export_is_found(
    hall_world: Hall, tamper: Callable[[Lines], Lines], *, secret: bool
) -> None:
    """Changed, added, removed, reordered, cut off, another result: the first break is named."""
    exported = _exported(hall_world, secret=secret)
    lines = exported.splitlines(keepends=True)
    assert tamper(lines) != lines
    assert verify(exported).whole
    checked = verify("".join(tamper(lines)))
    assert not checked.whole
    assert checked.broken_entry is not None


def test_a_log_made_anew_as_a_whole_meets_the_published_head(hall_world: Hall) -> None:
    """A forger who makes every hash anew cannot have the head that was published."""
    exported = _exported(hall_world, secret=True)
    head = json.loads(exported.splitlines()[-1])["hash"]
    assert verify(exported, (head,)).whole
    assert not verify(exported, ("0" * 64,)).whole


def test_the_command_line_tells_whole_from_broken(
    hall_world: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 0 with the head; 1 with the first broken entry."""
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    exported = _exported(hall_world, secret=False)
    whole.write_text(exported, encoding="utf-8")
    broken.write_text("".join(_removed(exported.splitlines(keepends=True))), encoding="utf-8")
    assert main(["verify", str(whole)]) == 0
    assert main(["verify", str(broken)]) == 1
    assert "entry 3" in capsys.readouterr().err


def _exported(world: Hall, *, secret: bool) -> str:
    ballot = world.ballot(world.in_ballot("3x"), secret=secret)
    for number, choice in ((1, "yes"), (2, "no"), (3, "no")):
        world.vote(ballot, number, choice)
    world.close(ballot)
    return ballot_log.exported(world.session, ballot)
