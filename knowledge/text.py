"""One form of writing for all texts: simplified characters, half-width signs, lower case."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

HAN = "\u4e00-\u9fff"
_SPACES = re.compile(r"[^\S\n]+")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")


@lru_cache(maxsize=4096)
def _converted(text: str) -> str:
    # the phrases of the table misread simplified text: 破坏土地 would become 破坯土地
    return str(_converter().convert(text)) if _traditional().search(text) else text


@cache
def _converter() -> OpenCC:
    """Traditional to simplified, phrase by phrase: 乾燥 becomes 干燥 while 乾隆 stays."""
    return OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """Any one character that has a simplified form."""
    chars = [*map(chr, range(0x3400, 0xA000))]
    simple = _converter().convert("\n".join(chars)).split("\n")
    return re.compile(f"[{''.join(a for a, b in zip(chars, simple, strict=True) if a != b)}]")


def normalise(text: str) -> str:
    """`text` as it is searched: NFKC, simplified, lower case, single spaces; line breaks stay.

    NFKC turns full-width letters and signs into half-width ones; the Chinese full stop stays.
    """
    return _SPACES.sub(" ", _converted(unicodedata.normalize("NFKC", text)).lower()).strip()


def sentences(text: str) -> list[str]:
    """`text` cut after each full stop, exclamation or question mark, semicolon and line break."""
    return [part for part in (found.strip() for found in _SENTENCE.findall(text)) if part]
