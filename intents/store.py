"""Every model that was trained, which of them is in use, and the way back.

Each model has a directory of its own under `models/`; the file `current` names the one in use and
is replaced in one step, so that running processes see either the old or the new one. They compare
`current_version` with what they loaded and load again when it changed. The file `held` remembers
a step back, so that a restart does not undo it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from intents import model_file
from intents.examples import Example, read_examples
from intents.model_file import CURRENT, MODELS, ModelError
from intents.sources import EXAMPLES, digest
from intents.training import TrainingReport, train
from intents.understand import Understander

HELD = "held"
KEPT = 5


def ensure_model(directory: Path) -> Understander:
    """The model in use under `directory`, trained first where it is missing, stale or damaged.

    A model that was stepped back to is not stale as long as the shipped examples are those of
    that moment.
    """
    version = current_version(directory)
    if version is not None:
        try:
            learnt = model_file.verified(directory / MODELS / version)["examples"]
            if learnt == digest() or _held(directory) == _holding(version):
                return load_version(directory, version)
        except ModelError:
            pass
    version, _ = train_version(directory, read_examples(EXAMPLES))
    activate(directory, version)
    prune(directory)
    return load_version(directory, version)


def train_version(
    directory: Path,
    examples: Sequence[Example],
    category_corrections: Sequence[Example] = (),
    terms: Sequence[str] = (),
) -> tuple[str, TrainingReport]:
    """Trains a new model without switching to it; returns its name and the report."""
    number = 1 + max((int(name) for name in versions(directory)), default=0)
    version = f"{number:05d}"
    report = train(
        examples,
        directory / MODELS / version,
        category_corrections=category_corrections,
        terms=terms,
    )
    return version, report


def versions(directory: Path) -> list[str]:
    """Names of all models kept, the oldest first."""
    return sorted(path.name for path in (directory / MODELS).glob("[0-9]*") if path.is_dir())


def current_version(directory: Path) -> str | None:
    """Name of the model in use; None before the first."""
    path = directory / CURRENT
    return path.read_text(encoding="ascii").strip() if path.is_file() else None


def load_version(directory: Path, version: str) -> Understander:
    return Understander.load(directory / MODELS / version)


def activate(directory: Path, version: str) -> None:
    """Makes `version` the model in use; ModelError when it is not whole."""
    model_file.verified(directory / MODELS / version)
    _replace(directory / CURRENT, version)


def step_back(directory: Path) -> str:
    """Switches to the model before the one in use and returns its name; ModelError at the first."""
    current = current_version(directory)
    earlier = [name for name in versions(directory) if current is not None and name < current]
    if not earlier:
        raise ModelError("there is no earlier model")
    activate(directory, earlier[-1])
    _replace(directory / HELD, _holding(earlier[-1]))
    return earlier[-1]


def prune(directory: Path) -> None:
    """Deletes all but the last KEPT models and the one in use."""
    kept = {*versions(directory)[-KEPT:], current_version(directory)}
    for version in versions(directory):
        if version not in kept:
            shutil.rmtree(directory / MODELS / version, ignore_errors=True)


def _holding(version: str) -> str:
    return f"{version} {digest()}"


def _held(directory: Path) -> str | None:
    path = directory / HELD
    return path.read_text(encoding="ascii") if path.is_file() else None


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="ascii")
    fresh.replace(path)
