"""A new model from the shipped examples and the staff's corrections, in use only when no worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.comparison import Comparison, compare
from intents.examples import Example, read_csv, read_examples
from intents.model_file import ModelError
from intents.sources import EXAMPLES, GOLD
from intents.store import activate, current_version, load_version, prune, train_version
from intents.training import TrainingReport


@dataclass(frozen=True)
class Retrained:
    """What came of it: the new model, the one that ran (None at the first), how both compare
    (None where there was nothing to compare with), and whether the new one is in use.
    """

    version: str
    report: TrainingReport
    running: str | None
    comparison: Comparison | None

    @property
    def switched(self) -> bool:
        return self.comparison is None or self.comparison.accepted


def retrain(
    directory: Path,
    corrections: Sequence[Example] = (),
    category_corrections: Sequence[Example] = (),
    terms: Sequence[str] = (),
) -> Retrained:
    """Trains, compares with the running model and switches when no label falls.

    Old models are pruned. Takes half a minute of one core.
    """
    examples = [*read_examples(EXAMPLES), *corrections]
    version, report = train_version(directory, examples, category_corrections, terms)
    running = current_version(directory)
    result = Retrained(version, report, running, _compared(directory, version, corrections))
    if result.switched:
        activate(directory, version)
    prune(directory)
    return result


def _compared(directory: Path, version: str, corrections: Sequence[Example]) -> Comparison | None:
    running = current_version(directory)
    if running is None:
        return None
    try:
        old = load_version(directory, running)
    except ModelError:
        return None
    return compare(old, load_version(directory, version), [*read_csv(GOLD), *corrections])
