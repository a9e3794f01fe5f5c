"""Whether a newly trained model may take over from the running one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intents.evaluate import label_figures, macro_f1
from intents.examples import Example
from intents.understand import Understander

MARGIN = 0.02


@dataclass(frozen=True)
class Comparison:
    """Macro-F1 of both models and F1 per label, the running one first; `margin` is the most any
    label may fall.
    """

    macro: tuple[float, float]
    labels: dict[str, tuple[float, float]]
    margin: float

    @property
    def fallen(self) -> list[str]:
        return [k for k, (old, new) in self.labels.items() if old - new > self.margin]

    @property
    def accepted(self) -> bool:
        return not self.fallen

    def lines(self) -> Iterator[str]:
        """A table to read."""
        yield f"{'label':<18}{'running':>9}{'new':>9}{'change':>9}"
        for label, (old, new) in [*self.labels.items(), ("macro", self.macro)]:
            yield f"{label:<18}{old:>9.3f}{new:>9.3f}{new - old:>+9.3f}"


def compare(
    running: Understander, new: Understander, gold: Sequence[Example], margin: float = MARGIN
) -> Comparison:
    """Both models on `gold` (texts with their right labels, the staff's corrections included)."""
    texts = [example.text for example in gold]
    truth = [example.label for example in gold]
    guesses = [[d.intent for d in model.classify_many(texts)] for model in (running, new)]
    old, fresh = (label_figures(truth, guessed) for guessed in guesses)
    labels = {label: (old[label].f1, fresh[label].f1) for label in sorted(set(truth))}
    return Comparison((macro_f1(truth, guesses[0]), macro_f1(truth, guesses[1])), labels, margin)
