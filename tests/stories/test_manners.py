"""How the bot speaks, held by counting: in the stories over every reply, here over every text
that is written in the program for residents.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared_data import ROOT
from tests.stories.manners import JARGON, PROMISES, faults

SPEAKERS = (
    *sorted((ROOT / "handlers").glob("*.py")),
    *(
        ROOT / "bot" / name
        for name in ("stages.py", "choosing.py", "filling.py", "drafts.py", "turn.py", "events.py")
    ),
    *(ROOT / "services" / name for name in ("handover.py", "cases.py", "case_states.py")),
)
NOT_SPOKEN = {"ReasonMissing", "IllegalMove", "compile", "frozenset", "search", "fullmatch"}
CHINESE = re.compile(r"[一-鿿]")
PATTERN = re.compile(r"\(\?|\|")


def _spoken(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, with `…` for what is filled in: no docstrings, patterns, errors."""
    if isinstance(tree, ast.Call) and _name(tree.func) in NOT_SPOKEN:
        return
    if isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Constant):
        return
    if isinstance(tree, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in tree.values)
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    for child in ast.iter_child_nodes(tree):
        yield from _spoken(child)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def texts_of(module: Path) -> list[str]:
    """Every Chinese text of a module."""
    spoken = _spoken(ast.parse(module.read_text(encoding="utf-8")))
    return [text for text in spoken if CHINESE.search(text) and not PATTERN.search(text)]


@pytest.mark.parametrize("module", SPEAKERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_texts_are_plain_and_promise_nothing(module: Path) -> None:
    """No jargon, no promise that cannot be kept, one question at a time, no long line."""
    for text in texts_of(module):
        wrong = [word for word in (*JARGON, *PROMISES) if word in text]
        assert not wrong, f"{wrong} in {text!r}"
        assert len(re.findall("[？?]", text)) <= 1, text
        assert all(len(line) <= 90 for line in text.splitlines()), text


def test_the_walk_finds_what_is_said() -> None:
    """The walk sees plain and composed texts, and no docstring."""
    found = texts_of(ROOT / "handlers" / "person.py")
    assert any(text.startswith("…已转给工作人员") for text in found)
    assert not any("Hands the conversation" in text for text in found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("您好吗？在哪里？\n0 取消", "more than one question"),
        ("请问在哪栋？", "asks without a way out"),
        ("请说说是什么事。", "asks without a way out"),
        ("1 甲　3 乙　0 取消", "digits not in order"),
        ("0 取消\n1 甲", "digits not in order"),
        ("系统繁忙", "jargon: 系统"),
        ("我们保证明天修好", "a promise: 保证"),
        ("好" * 171, "a line too long"),
        ("好\n" * 20 + "好", "too many lines"),
        ("好" * 700, "too many bytes"),
        ("好的 ", "blank or trailing space"),
    ],
)
def test_faults_are_named(text: str, fault: str) -> None:
    """Each rule of how the bot speaks notices its breach."""
    assert fault in faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "您反映的事，看哪一件？\n1 〔1002-4〕东门垃圾没人收？\n2 〔1001-9〕灯坏了\n0 不看了",
        "刚才的还没填完。您是想先办“怎么？”吗？\n1 是　0 都不办了",
        "3栋2单元的灯坏了，记下了。",
    ],
)
def test_what_is_quoted_does_not_count(text: str) -> None:
    """Residents' words in a reply are theirs; house numbers are no choices."""
    assert faults(text) == []
