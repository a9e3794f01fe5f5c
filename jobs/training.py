"""Trains the model when the console asked for it, in a process of its own.

Half a minute of arithmetic would hold up the messages of this process; one that was cut short by
a stop counts as failed after a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import structlog

from intents import Example
from intents.retraining import Retrained, retrain
from services import corrections, model_training
from storage.engine import Database

log = structlog.get_logger(__name__)

Train = Callable[[Path, Sequence[Example], Sequence[Example]], Retrained]


def in_a_process(
    directory: Path, intents: Sequence[Example], categories: Sequence[Example]
) -> Retrained:
    """`retrain`, off this process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(retrain, directory, intents, categories).result()


class Trainer:
    """Looks whether a training was asked for, and does it."""

    def __init__(
        self,
        directory: Path,
        database: Database,
        clock: Callable[[], datetime],
        train: Train = in_a_process,
    ) -> None:
        self._directory = directory
        self._database = database
        self._clock = clock
        self._train = train

    async def run(self) -> int:
        """One training where one waits; how many were done."""
        training = await asyncio.to_thread(model_training.take, self._directory, self._clock())
        if training is None:
            return 0
        learned, sorted_in = await self._database.read(
            lambda s: (corrections.examples(s, "intent"), corrections.examples(s, "category"))
        )
        result = None
        try:
            result = await asyncio.to_thread(self._train, self._directory, learned, sorted_in)
        except Exception as error:
            log.exception("training failed", error=type(error).__name__)
        model_training.finish(self._directory, training, result, self._clock())
        return 1
