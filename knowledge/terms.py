"""What a text is made of for searching: words, character pairs, characters, syllable pairs.

Every kind of term is a 64-bit key, so that one index serves them all and vocabularies are plain
arrays. Syllable pairs forgive homophones (居主证 for 居住证) and the sounds that many dialects
do not keep apart (zh/z, ch/c, sh/s, ng/n, n/l).
"""

from __future__ import annotations

import hashlib
import logging
import re
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol

import jieba
import numpy as np
from numpy.typing import NDArray
from pypinyin import lazy_pinyin

Keys = NDArray[np.int64]
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_SHIFT = 21  # bits of a Unicode code point
_KEPT = 1 << 15  # sounds and keys kept, the least used go


class Space(Protocol):
    """A kind of term. `batch` gives the keys of many texts and the text each key is from."""

    name: str

    def batch(self, texts: Sequence[str]) -> tuple[Keys, NDArray[np.int32]]: ...


def _points(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The code points of all texts, each text closed by a line break, and their owners."""
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    raw = ("\n".join(texts) + "\n").encode("utf-32-le") if texts else b""
    owners = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    return np.frombuffer(raw, dtype="<u4").astype(np.int64), owners


def _han(points: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray((points >= _FIRST_HAN) & (points <= _LAST_HAN))


def _alphanumeric(points: NDArray[np.int64]) -> NDArray[np.bool_]:
    digit = (points >= ord("0")) & (points <= ord("9"))
    return np.asarray(digit | ((points >= ord("a")) & (points <= ord("z"))))


class Characters:
    """Single Chinese characters."""

    name = "characters"

    def batch(self, texts: Sequence[str]) -> tuple[Keys, NDArray[np.int32]]:
        points, owners = _points(texts)
        kept = _han(points)
        return points[kept], owners[kept]


class CharacterPairs:
    """Two characters side by side, Chinese or alphanumeric."""

    name = "pairs"

    def batch(self, texts: Sequence[str]) -> tuple[Keys, NDArray[np.int32]]:
        points, owners = _points(texts)
        good = _han(points) | _alphanumeric(points)
        kept = good[:-1] & good[1:]
        return ((points[:-1] << _SHIFT) | points[1:])[kept], owners[:-1][kept]


@lru_cache(maxsize=_KEPT)
def sound(character: str) -> str:
    """How a character is spoken, without tone and without the sounds that dialects merge."""
    spoken = lazy_pinyin(character)[0]
    merged = re.sub(r"^([zcs])h", r"\1", spoken).replace("ng", "n")
    return re.sub(r"^n", "l", merged)


def _syllable(point: int) -> int:
    return zlib.crc32(sound(chr(point)).encode())


class SyllablePairs:
    """The sounds of two Chinese characters side by side."""

    name = "syllables"

    def batch(self, texts: Sequence[str]) -> tuple[Keys, NDArray[np.int32]]:
        points, owners = _points(texts)
        good = _han(points)
        kinds, where = np.unique(points, return_inverse=True)
        sounds = np.fromiter(
            (_syllable(int(kind)) if _FIRST_HAN <= kind <= _LAST_HAN else 0 for kind in kinds),
            dtype=np.int64,
            count=len(kinds),
        )[where]
        kept = good[:-1] & good[1:]
        return ((sounds[:-1] << 31) ^ sounds[1:])[kept], owners[:-1][kept]


@lru_cache(maxsize=_KEPT)
def _word_key(word: str) -> int:
    digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


class Words:
    """Words by jieba's search mode, without guessing new words (measured: no gain, slower).

    `extra` are terms that jieba's dictionary should keep whole.
    """

    name = "words"

    def __init__(self, extra: Iterable[str] = ()) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        self._jieba.initialize()
        for term in extra:
            self._jieba.add_word(term)

    def batch(self, texts: Sequence[str]) -> tuple[Keys, NDArray[np.int32]]:
        found = [self._of(text) for text in texts]
        counts = np.fromiter((len(keys) for keys in found), dtype=np.int64, count=len(found))
        flat = np.fromiter((key for keys in found for key in keys), dtype=np.int64)
        return flat, np.repeat(np.arange(len(texts), dtype=np.int32), counts)

    def _of(self, text: str) -> list[int]:
        cut = self._jieba.cut_for_search(text, HMM=False)
        return [_word_key(word) for word in cut if word[:1].isalnum()]
