"""One form of writing for all texts: simplified characters, half-width signs, lower case."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import zhconv

HAN = "\u4e00-\u9fff"
_SPACES = re.compile(r"[^\S\n]+")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")


@lru_cache(maxsize=4096)
def _converted(text: str) -> str:
    return str(zhconv.convert(text, "zh-cn"))


def normalise(text: str) -> str:
    """`text` as it is searched: NFKC, simplified, lower case, single spaces; line breaks stay.

    NFKC turns full-width letters and signs into half-width ones; the Chinese full stop stays.
    """
    return _SPACES.sub(" ", _converted(unicodedata.normalize("NFKC", text)).lower()).strip()


def sentences(text: str) -> list[str]:
    """`text` cut after each full stop, exclamation or question mark, semicolon and line break."""
    return [part for part in (found.strip() for found in _SENTENCE.findall(text)) if part]
