"""One spelling for the many ways of writing the same thing.

Full width, compatibility forms, traditional characters, WeChat emoticons, emoji, stretched
letters and spaces all end in one plain form, which the classifier, the rules and the entity
finders read. Doing it twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

from intents.numerals import house_digits

_EMOTICON = re.compile(r"\[[一-鿿A-Za-z]{1,6}\]|/:[a-z@*<>()~!|,'-]{1,6}")
_PICTURES = {
    "🙏": "谢谢",
    "👍": "赞",
    "👏": "赞",
    "😡": "生气",
    "😠": "生气",
    "🤬": "生气",
    "🔥": "火",
    "🆘": "救命",
    "💡": "灯",
    "🚗": "车",
    "🐶": "狗",
    "🐕": "狗",
    "🗑": "垃圾",
    "💧": "水",
    "💦": "水",
    "🛗": "电梯",
    "🌳": "树",
    "🐭": "老鼠",
    "🐀": "老鼠",
    "🪳": "蟑螂",
    "🎁": "礼物",
    "👋": "你好",
    "🌹": "谢谢",
    "❤": "爱心",
}
_WORDS = {"[强]": "赞", "[抱拳]": "谢谢", "[合十]": "谢谢", "[发怒]": "生气", "[再见]": "再见"}
# what the general table leaves alone: 著 for 著名, though who writes 著火 needs an answer; 瞭 for
# 瞭望; forms that are no characters of their own in Taiwan's or Hong Kong's standard
_VARIANTS = str.maketrans(
    "著瞭妳牠檯枱廻鉄麺簷籐甎瘉痺働効嬭窰鬪", "着了你它台台回铁面檐藤砖愈痹动效奶窑斗"
)
_STRETCHED = re.compile(r"([^\d\s])\1{2,}")
_UNUSUAL = re.compile(r"[^一-鿿a-z\d ,.?!:;、。“”()-]")
_SPACE = re.compile(r"\s+")
_PUNCTUATION = str.maketrans("“”‘’《》〈〉「」『』【】〔〕、｡。…", '""\'\'""""""""[][],.. ')


@lru_cache(maxsize=1024)  # every finder of one message, or of a batch, asks for the same text
def normalise(text: str) -> str:
    """`text` in plain form: simplified, half width, lower case, no pictures, no stretching."""
    while (plain := _once(text)) != text:
        text = plain
    return text


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower().translate(_simplified())
    text = _EMOTICON.sub(lambda match: f" {_WORDS.get(match[0], '')} ", text)
    if _UNUSUAL.search(text):
        text = "".join(map(_plain, text))
    text = text.translate(_PUNCTUATION)
    text = _STRETCHED.sub(r"\1", _SPACE.sub(" ", text)).strip()
    return house_digits(text)


def _plain(char: str) -> str:
    if char < "⌀":
        return char if char.isprintable() else " "
    if char in _PICTURES:
        return f" {_PICTURES[char]} "
    category = unicodedata.category(char)
    return char if category[0] in "LNPZ" else " " if category not in {"Cf", "Mn"} else ""


@cache
def _simplified() -> dict[int, str]:
    """One simplified character for each other one, of the two blocks that people type."""
    chars = [*map(chr, range(0x3400, 0xA000))]
    simple = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    table = {ord(a): b for a, b in zip(chars, simple, strict=True) if a != b and len(b) == 1}
    return table | {code: chr(plain) for code, plain in _VARIANTS.items()}
