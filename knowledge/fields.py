"""Conditions, materials, place, time and phone of a matter, out of a document's own sections."""

from __future__ import annotations

import re

from knowledge.documents import Document, Passage
from knowledge.language import Language

SHOWN = ("conditions", "materials", "place", "time", "phone")

# 办理地点：……  at the start of a line or after a stop, up to the end of the line.
_LABELLED = {
    "conditions": re.compile(r"(?:申请|办理|享受)(?:条件|对象)[：:]\s*(\S[^\n]*)"),
    "materials": re.compile(r"(?:申请|办理|所需|需要)材料[：:]\s*(\S[^\n]*)"),
    "place": re.compile(r"(?:办理|受理)?(?:地点|地址)[：:]\s*(\S[^\n，。；]*)"),
    "time": re.compile(r"(?:办理|受理|办公|服务|工作)时[间限][：:]\s*(\S[^\n。；]*)"),
    "phone": re.compile(r"(?:电话|热线)[：:]\s*([\d(（][\d\-()（）转 /、]{2,40})"),
}


def fields_of(document: Document, near: Passage, language: Language) -> dict[str, str]:
    """Chinese label → text. Sections of an entry count first, then labelled lines of `near`."""
    fields: dict[str, str] = {}
    for aspect in SHOWN:
        text = _section(document, aspect, near, language) or _labelled(near.text, aspect)
        if text:
            fields[language.label(aspect)] = text
    return fields


def _section(document: Document, aspect: str, near: Passage, language: Language) -> str | None:
    """The section about the aspect under the same matter as `near`: same headings but the last."""
    for passage in document.passages:
        same_matter = passage.path[:-1] == near.path[:-1] or not near.path
        if not passage.path or not same_matter:
            continue
        if language.aspect_of_heading(passage.path[-1]) == aspect:
            return passage.text
    return None


def _labelled(text: str, aspect: str) -> str | None:
    found = _LABELLED[aspect].search(text)
    return found.group(1).strip() if found else None
