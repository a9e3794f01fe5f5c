"""Canned replies (常用回复): texts with typed blanks, some filled from the case at hand.

A blank that stays open keeps the text from being sent: `services.replies` refuses a brace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "canned_replies.yaml"

FILLED = frozenset({"姓名", "编号", "时间"})
"""Blanks that the case fills: the resident's form of address, the number, the next deadline."""

TYPES = {"text": "文字", "person": "姓名", "time": "时间", "phone": "电话", "number": "数字"}

_BLANK = re.compile(r"\{([^{}]+)\}")


class BadCannedReply(Exception):
    """The file of canned replies is wrong; the message names the entry and the fault."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One text; `blanks` gives the type of each blank that a person fills in."""

    code: str
    title: str
    text: str
    states: tuple[str, ...]
    blanks: Mapping[str, str]


def read(path: Path = FILE) -> list[CannedReply]:
    """The replies in the order of the file; raises BadCannedReply."""
    return [_entry(value) for value in yaml.safe_load(path.read_text(encoding="utf-8"))]


def fill(reply: CannedReply, values: Mapping[str, str]) -> str:
    """The text with the blanks that `values` names filled in; the others stay open."""
    return _BLANK.sub(lambda blank: values.get(blank[1]) or blank[0], reply.text)


def suited(replies: list[CannedReply], state: str) -> list[CannedReply]:
    """The replies for a case in this state (empty: none at all), those made for it first."""
    fit = [reply for reply in replies if not reply.states or state in reply.states]
    return sorted(fit, key=lambda reply: not reply.states)


def _entry(value: dict[str, object]) -> CannedReply:
    code = str(value.get("code", "?"))
    missing = [key for key in ("code", "title", "text") if not value.get(key)]
    if missing:
        raise BadCannedReply(f"{code}: 缺少 {'、'.join(missing)}")
    blanks, states = value.get("blanks") or {}, value.get("states") or []
    if not isinstance(blanks, dict) or not isinstance(states, list):
        raise BadCannedReply(f"{code}: blanks 是键值表，states 是列表")
    reply = CannedReply(
        code=code,
        title=str(value["title"]),
        text=str(value["text"]).strip(),
        states=tuple(str(state) for state in states),
        blanks={str(name): str(kind) for name, kind in blanks.items()},
    )
    _check(reply)
    return reply


def _check(reply: CannedReply) -> None:
    used = set(_BLANK.findall(reply.text))
    if unknown := used - FILLED - set(reply.blanks):
        raise BadCannedReply(f"{reply.code}: 没有说明的空格 {'、'.join(sorted(unknown))}")
    if wrong := set(reply.blanks.values()) - set(TYPES):
        raise BadCannedReply(f"{reply.code}: 没有这种空格 {'、'.join(sorted(wrong))}")
