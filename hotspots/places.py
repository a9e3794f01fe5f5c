"""Names of places, learned from the messages themselves; there is no list of them.

A name is a row of words that ends as names of places do (丽发新城, 黄兴路), comes back in several
messages, and has changing words before it: what is nearly always preceded by the same word is
the end of a longer name (branching entropy in its plainest form).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_ENDING = re.compile(
    r"(小区|大道|大桥|新村|新城|家园|花园|广场|大厦|大学|中学|小学|学校|学院|医院|市场|幼儿园|公园|公寓"
    r"|车站|地铁站|[东南西北中][路街]|[苑园城路街巷弄村湾郡镇桥居寓港岛湖庄坊厦]|(?<!政)[府庭])$"
)
_TAIL = "小区"
_HAN = re.compile("[一-鿿]+$")
_ROAD = re.compile("路$|街$|大道$|高速$")
# words that stand before a name or between two: relations, reporting, higher places
_WALLS = frozenset(
    Path(__file__).with_name("data").joinpath("walls.txt").read_text("utf-8").split()
)
_LONGEST = 8
_LEAST_MESSAGES = 3
_SAME_BEFORE = 0.7  # from this share of one word before it, a row of words is a part of a name
_LONGER = 0.2  # a longer name is one from this share of the shorter one's messages
_INSIDE = 0.7  # a name that is this often part of a longer one stands for the longer one
_EDGE = ""


class PlaceNames:
    """Names of places, each with the one that it stands for; immutable."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    @classmethod
    def learn(cls, texts: Sequence[Sequence[str]]) -> PlaceNames:
        """The names found in at least three of `texts`, which are given as words in order."""
        count: Counter[str] = Counter()
        before: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for words in texts:
            rows = [row for end in _ends(words) for row in _rows(words, end)]
            for name, previous in rows:
                before[name][previous] += 1
            count.update({name for name, _ in rows})
        free = {n: c for n, c in count.items() if c >= _LEAST_MESSAGES and _is_free(before[n])}
        names = Counter(n for words in texts for n in set(_named(words, free)))
        return cls(_standing_for({n: c for n, c in names.items() if c >= _LEAST_MESSAGES}))

    def find(self, words: Sequence[str]) -> list[str]:
        """The places named in a text, which is given as words; in order, each once."""
        found = (self._names[row] for end in _ends(words) if (row := self._last(words, end)))
        return list(dict.fromkeys(found))

    def _last(self, words: Sequence[str], end: int) -> str | None:
        rows = [name for name, _ in _rows(words, end) if name in self._names]
        return rows[-1] if rows else None


def _ends(words: Sequence[str]) -> Iterator[int]:
    """Where a name may end; words of two characters such as 道路 and 马路 name no place."""
    for at, word in enumerate(words):
        if (ending := _ENDING.search(word)) and (len(word) != 2 or len(ending[0]) == 2):
            yield at


def _rows(words: Sequence[str], end: int) -> Iterator[tuple[str, str]]:
    """The rows of words up to `end` that may be a name, with the word before; shortest first."""
    name = words[end]
    ending = _ENDING.search(name)
    least = 2 + (len(ending[0]) if ending else 0)
    for start in range(end - 1, -2, -1):
        previous = words[start] if start >= 0 else _EDGE
        walled = _is_wall(previous)
        if len(name) >= max(least, 3):
            yield name, previous
        name = previous + name
        if walled or len(name) > _LONGEST:
            return


def _is_wall(word: str) -> bool:
    return word in _WALLS or not _HAN.match(word) or bool(_ROAD.search(word))


def _is_free(before: Counter[str]) -> bool:
    """Words change before it; copies of one letter alone make no name."""
    inner = max((count for word, count in before.items() if not _is_wall(word)), default=0)
    return len(before) > 1 and inner < _SAME_BEFORE * before.total()


def _named(words: Sequence[str], free: Mapping[str, int]) -> Iterator[str]:
    for end in _ends(words):
        best = ""
        for name, _ in _rows(words, end):
            if name in free and (not best or free[name] >= _LONGER * free[best]):
                best = name
        if best:
            yield best


def _standing_for(names: Mapping[str, int]) -> dict[str, str]:
    """For each name itself, the longer one that it mostly is a part of, or itself without 小区."""
    stands = {name: _without_tail(name, names) for name in names}
    for longer in sorted(names, key=lambda name: (names[name], name)):
        for name in _parts(longer):
            if name in names and stands[longer] != name and names[longer] >= _INSIDE * names[name]:
                stands[name] = stands[longer]
    return stands


def _without_tail(name: str, names: Mapping[str, int]) -> str:
    short = name.removesuffix(_TAIL)
    return short if short in names else name


def _parts(name: str) -> Iterator[str]:
    size = len(name)
    return (name[i:j] for i in range(size) for j in range(i + 1, size + 1) if j - i < size)
