"""Danger, recognised by rule before any classifier is asked.

Missing a danger costs more than asking once too often, so the signs are wide; a message is let
pass only where it plainly asks about, remembers or fears a danger (`calm` in the data file).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from intents.normalise import normalise

_FILE = Path(__file__).resolve().parent / "data" / "emergency.yaml"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Emergency:
    """The kind of danger and the words that told it.

    `kind` is one of gas, fire, electric, self_harm, violence, trapped, medical.
    """

    kind: str
    phrase: str


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    always: re.Pattern[str]
    signs: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    harmless: re.Pattern[str]
    calm: re.Pattern[str]
    kinds: tuple[_Kind, ...]


def emergency(text: str) -> Emergency | None:
    """The danger `text` reports as present; None where it reports none."""
    rules = _rules()
    heard = rules.harmless.sub("；", normalise(text))
    for kind in rules.kinds:
        match = kind.always.search(heard) or _unless_calm(kind.signs.search(heard), rules, heard)
        if match is not None:
            return Emergency(kind.name, match[0])
    return None


def _unless_calm(match: re.Match[str] | None, rules: _Rules, heard: str) -> re.Match[str] | None:
    return None if match is None or rules.calm.search(heard) else match


@cache
def _rules() -> _Rules:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    kinds = [(name, kind) for name, kind in data["kinds"].items()]
    return _Rules(
        harmless=_any(data["harmless"]),
        calm=_any(data["calm"]),
        kinds=tuple(_kind(name, kind) for name, kind in kinds),
    )


def _kind(name: str, data: Mapping[str, Iterable[str]]) -> _Kind:
    return _Kind(name, _any(data.get("always", ())), _any(data.get("signs", ())))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(alternatives) if alternatives else _NEVER
