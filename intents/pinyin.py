"""Syllables without tones, so that homophones meet: 物业 and 勿业, 漏水 and 楼水.

Sounds that many speakers do not tell apart are merged (zh/z, ch/c, sh/s, n/l, -ng/-n), as
southern speakers type them and as voice transcripts get them wrong.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_FIRST, _LAST = 0x4E00, 0x9FA5
_MERGED = ((re.compile("^(z|c|s)h"), r"\1"), (re.compile("^n"), "l"), (re.compile("ng$"), "n"))


@cache
def syllable_table() -> dict[str, str]:
    """Character → merged syllable, for the basic block of Chinese characters."""
    # imported here: pypinyin takes a third of a second, and loading a model does without it
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415

    return {
        chr(code): _merge(PINYIN_DICT[code].split(",")[0])
        for code in range(_FIRST, _LAST + 1)
        if code in PINYIN_DICT
    }


def _merge(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading)
    plain = "".join(c for c in plain if c.isascii() or c == "\u0308").replace("u\u0308", "v")
    for pattern, replacement in _MERGED:
        plain = pattern.sub(replacement, plain)
    return plain
