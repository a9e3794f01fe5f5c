"""The model in use, taken up by running processes when another is switched on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from intents.model_file import ModelError
from intents.store import current_version, load_version
from intents.understand import CategoryGuess, Decision, Understander


class Classifier(Protocol):
    """What a turn needs of a model, whichever is behind it."""

    @property
    def intents(self) -> tuple[str, ...]: ...

    def classify(self, text: str) -> Decision: ...

    def categorise(self, text: str) -> CategoryGuess: ...


class CurrentModel:
    """Classifies with the model that `directory` names as current.

    At most every `seconds` it looks whether another was switched on (by training or a step back,
    in whichever process) and loads that. A model that cannot be trusted is left alone: the one
    that runs goes on. Used from several threads.
    """

    def __init__(
        self,
        directory: Path,
        model: Understander,
        *,
        seconds: float = 5.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._model = model
        self._version = current_version(directory)
        self._seconds = seconds
        self._timer = timer
        self._looked = timer()
        self._lock = threading.Lock()

    @property
    def intents(self) -> tuple[str, ...]:
        return self._fresh().intents

    def classify(self, text: str) -> Decision:
        return self._fresh().classify(text)

    def categorise(self, text: str) -> CategoryGuess:
        return self._fresh().categorise(text)

    def _fresh(self) -> Understander:
        if self._timer() >= self._looked + self._seconds and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._model

    def _look(self) -> None:
        self._looked = self._timer()
        version = current_version(self._directory)
        if version is None or version == self._version:
            return
        try:
            self._model = load_version(self._directory, version)
        except ModelError:
            return
        self._version = version
