"""One line that tells a topic: its place and its matter, from the most central headline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

_OPENING = re.compile(
    r"^(?:(?:再次|强烈|恳请|请求|投诉|反映|反应|反馈|咨询|举报|建议|关于|求助|请问|对于|对)+[:：,，]?|惊)[!！]*"
)
_CLOSING = re.compile(r"(?:的?(?:维权)?(?:投诉|建议|问题|情况|反映|请求))?[\s。.!！?？,，~～]*$")
_LONGEST = 40


def common_place(places: Sequence[Collection[str]], titles: Sequence[str]) -> str:
    """The place that most messages name, in the headline above all; empty where less than half do.

    `places` and `titles` are those of the same messages, titles in plain form.
    """
    naming = Counter(place for named in places for place in set(named))
    likely = [place for place, count in naming.items() if 2 * count >= len(places)]
    if not likely:
        return ""
    heading = {place: sum(place in title for title in titles) for place in likely}
    return min(likely, key=lambda place: (-naming[place] - heading[place], -len(place), place))


def summary(place: str, title: str) -> str:
    """`title` without the words of reporting around it, with `place` before it if it lacks it."""
    matter = _CLOSING.sub("", _OPENING.sub("", title.strip())) or title.strip()
    if not place or place in matter:
        return matter[:_LONGEST]
    return f"{place}：{matter}"[:_LONGEST]
