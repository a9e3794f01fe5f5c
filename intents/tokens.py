"""Words: a jieba tokenizer of our own, with a short dictionary and the community's terms.

The dictionary that comes with jieba has 349 000 entries and takes more than a second to load;
the words that residents use are among the more frequent ones. The selection is written beside
the model when it is trained, so that loading needs neither jieba's cache nor its global tokenizer.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from math import log

import jieba

jieba.setLogLevel(logging.WARNING)

_LEAST_FREQUENCY = 10
_LONGEST = 6
_TERM_FREQUENCY = 500


def dictionary(terms: Iterable[str]) -> dict[str, int]:
    """The frequent words of jieba's dictionary and `terms`, each with its frequency."""
    words: dict[str, int] = {}
    with jieba.get_dict_file() as file:
        for line in file:
            word, frequency = line.decode("utf-8").split(" ")[:2]
            if len(word) == 1 or (int(frequency) >= _LEAST_FREQUENCY and len(word) <= _LONGEST):
                words[word] = int(frequency)
    for term in terms:
        words[term] = max(words.get(term, 0), _TERM_FREQUENCY)
    return words


class Words:
    """Cuts normalised text into words and the shorter words inside long ones; thread-safe."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.FREQ = _with_prefixes(words)
        self._tokenizer.total = sum(words.values())
        self._tokenizer.initialized = True
        # the tokenizer's own would take two logarithms a candidate, for every text again
        self._tokenizer.calc = _BestPath(words)
        self._known = self._tokenizer.FREQ

    def cut(self, text: str) -> list[str]:
        return [word for word in self._tokenizer.cut(text, HMM=False) if word != " "]

    def search(self, text: str) -> list[str]:
        """The words of `text`, each preceded by the known words of two or three letters in it."""
        found: list[str] = []
        known = self._known
        for word in self._tokenizer.cut(text, HMM=False):
            length = len(word)
            if length > 2:
                found += [w for i in range(length - 1) if known.get(w := word[i : i + 2])]
            if length > 3:
                found += [w for i in range(length - 2) if known.get(w := word[i : i + 3])]
            found.append(word)
        return found


class _BestPath:
    """The most likely way through jieba's graph of words: its `calc`, with logarithms kept."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._unknown = -log(sum(words.values()) or 1)
        self._weights = {word: log(n) + self._unknown for word, n in words.items() if n}

    def __call__(
        self, text: str, graph: Mapping[int, list[int]], route: dict[int, tuple[float, int]]
    ) -> None:
        weights, unknown = self._weights, self._unknown
        route[len(text)] = (0, 0)
        for start in range(len(text) - 1, -1, -1):
            ends = graph[start]
            if len(ends) == 1:
                end = ends[0]
                weight = weights.get(text[start : end + 1], unknown)
                route[start] = (weight + route[end + 1][0], end)
            else:
                route[start] = max(
                    [(weights[text[start : x + 1]] + route[x + 1][0], x) for x in ends]
                )


def _with_prefixes(words: Mapping[str, int]) -> dict[str, int]:
    known: dict[str, int] = dict(words)
    for word in words:
        for end in range(1, len(word)):
            known.setdefault(word[:end], 0)
    return known
