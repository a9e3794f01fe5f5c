"""Understanding of what residents write: intents, issue categories, entities, danger.

Pure: no database, no network. Texts come in, values go out; the only files touched are the shipped
language data and the directory of trained models.
"""

from __future__ import annotations

from intents.examples import Example
from intents.model_file import ModelError
from intents.store import ensure_model
from intents.training import TrainingReport, train
from intents.understand import CategoryGuess, Decision, Understander

__all__ = [
    "CategoryGuess",
    "Decision",
    "Example",
    "ModelError",
    "TrainingReport",
    "Understander",
    "ensure_model",
    "train",
]
