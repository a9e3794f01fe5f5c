"""How an answer from a policy document is fitted to a phone: one screen, and more on request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dialogue.words import shorten
from knowledge.answers import Answer
from knowledge.documents import Document, Passage

SCREEN = 270
"""Characters on one screen, beside the choices."""
PASSAGE, FIELD, TITLE, SOURCE = 150, 60, 30, 110
BREATH = 120
"""Characters of an answer in the middle of something else, beside its source."""
LINE = 165
PHONE = "电话"
BLANK = "（由本社区填写）"
SHOWN = ("材料", "地点", "时间", PHONE)
_SAMPLE = "（示例文本）"
_NUMBER = re.compile(r"\d{3,}")


def screens(document: Document, passage: Passage, answer: Answer) -> tuple[str, ...]:
    """The answer: the passage, what else one needs, the source; then the rest, screen by screen."""
    first, rest = cut(passage.text, PASSAGE)
    lines = [_lead(document, passage) + first]
    source = "".join(_source(answer))
    room = SCREEN - len(lines[0]) - len(source)
    told = [passage.text, answer.fields.get(PHONE)]
    for label, text in _fields(passage, answer):
        line = f"{label}：{cut(text, FIELD)[0]}"
        if len(line) < room:
            lines.append(line)
            room -= len(line) + 1
            told += [text] if len(text) <= FIELD else []
    others = document.passages if document.brief else ()
    more = [rest, *(_part(part) for part in others if part.text not in told)]
    return ("\n".join([*lines, source]), *_pages(more))


def in_one_breath(document: Document, passage: Passage, answer: Answer) -> str:
    """The answer in a line or two, for the middle of a form."""
    text = _lead(document, passage) + _ended(cut(passage.text, BREATH)[0])
    for label, found in _fields(passage, answer):
        piece = f"{label}：{_ended(found)}"
        if label != PHONE and len(text) + len(piece) <= BREATH:
            text += piece
    line, sample = _source(answer)
    source = f"（{line}{'，' if sample else ''}{sample.strip('（）')}）"
    return text + source if len(text) + len(source) <= LINE else f"{text}\n{source}"


def with_number(passage: Passage, phone: str) -> Passage:
    """The passage about whom to call, without the names whose number a community has yet to fill
    in; where nothing is left, with the number of the community.
    """
    if BLANK not in passage.text or passage.path[-1:] != (PHONE,):
        return passage
    community = f"这一项还没写号码，可以打社区电话 {phone}" if phone else "这一项还没写号码"
    return replace(passage, text=f"{_numbers(passage.text) or community}。")


def cut(text: str, limit: int) -> tuple[str, str]:
    """The beginning of a text, up to the last stop within `limit` characters, and the rest."""
    if len(text) <= limit:
        return text, ""
    for stops in ("。\n", "；", "，、 "):
        end = max(text.rfind(stop, limit // 2, limit) for stop in stops) + 1
        if end:
            return text[:end].rstrip(), text[end:].lstrip()
    return f"{text[: limit - 1]}…", text[limit - 1 :]


def _source(answer: Answer) -> tuple[str, str]:
    """The source, its middle left out where it is very long, and the mark of a sample."""
    line = answer.source.removesuffix(_SAMPLE)
    mark = answer.source[len(line) :]
    return (line if len(line) <= SOURCE else f"{line[:60]}…{line[59 - SOURCE :]}"), mark


def _fields(passage: Passage, answer: Answer) -> Iterator[tuple[str, str]]:
    for label in SHOWN:
        text = answer.fields.get(label, "")
        if label == PHONE:
            text = _numbers(text)
        if text and text not in passage.text:
            yield label, text


def _numbers(text: str) -> str:
    """The pieces that have a number to call; a name alone helps nobody."""
    pieces = re.split(r"[；;。\n]", text)
    return "；".join(piece.strip() for piece in pieces if _NUMBER.search(piece))


def _lead(document: Document, passage: Passage) -> str:
    heading = f"{shorten(passage.path[-1], TITLE)}：" if passage.path else ""
    return f"【{shorten(document.title, TITLE)}】{heading}"


def _part(passage: Passage) -> str:
    return f"【{passage.path[-1]}】{passage.text}" if passage.path else passage.text


def _ended(text: str) -> str:
    return text if text.endswith(("。", "…")) else text.rstrip("；，、") + "。"


def _pages(parts: Iterable[str]) -> Iterator[str]:
    page = ""
    for part in parts:
        left = part
        while left:
            piece, left = cut(left, SCREEN)
            if page and len(page) + len(piece) >= SCREEN:
                yield page
                page = ""
            page = f"{page}\n{piece}" if page else piece
    if page:
        yield page
