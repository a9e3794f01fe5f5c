"""Which document answers a question, or none of them: a choice learned from examples.

Each document found is weighed by what speaks for and against it (`Signs`); "none of them" is one
more choice, of constant weight. Their chances are the shares of the exponentials of the weights,
a multinomial logit as in McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior"
(1974). The weights in `data/decision.yaml` are fitted by `python -m bench.knowledge_decision`;
docs/knowledge.md says on what and how well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter

import numpy as np
import yaml

from knowledge.language import DATA


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against one document, each 0–1.

    `found`: its score beside the best one's. `asked`: how near the question is to its wordings,
    the mean of the nearest three, or, where it has none (`unasked`), to its names (`titled`).
    `nearest`: its nearest wording beside the nearest of all documents. `named`: how much of the
    question's subject its names have; `is_name`: the subject is one of them. `covered`: how much
    of the subject it has at all. `foreign`: the question names a matter that it nowhere does.
    `elsewhere`: how near the question is to one about a matter that it does not have, or that its
    own wordings are further from. Where it has wordings, `heard` is the chance that the question is
    one of them, and `strange` that it is about such a matter (naive Bayes).

    A `long` document is about more than one matter and known by one passage: instead of what is
    said of names and text, `lead` is its score beside the best one's, `passage` and `rare` how
    much of the subject the passage has, as a share and at all.
    """

    found: float = 0.0
    asked: float = 0.0
    nearest: float = 0.0
    named: float = 0.0
    is_name: float = 0.0
    covered: float = 0.0
    foreign: float = 0.0
    elsewhere: float = 0.0
    unasked: float = 0.0
    titled: float = 0.0
    heard: float = 0.0
    strange: float = 0.0
    long: float = 0.0
    lead: float = 0.0
    passage: float = 0.0
    rare: float = 0.0


NAMES = tuple(field.name for field in fields(Signs))
as_row = attrgetter(*NAMES)
"""The signs as plain numbers, in the order of NAMES."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`weights` of the signs in their order, `none` of no document being right.

    From the chance `answer` on a document answers, from `offer` on it is offered.
    """

    weights: tuple[float, ...]
    none: float
    answer: float
    offer: float

    def chances(self, found: Sequence[Signs]) -> list[float]:
        """How likely each is the right one; what is left of 1 is that none is."""
        if not found:
            return []
        signs = np.array([as_row(one) for one in found])
        weighed = np.append(signs @ np.array(self.weights), self.none)
        shares = np.exp(weighed - weighed.max())
        return [float(share) for share in shares[:-1] / shares.sum()]


@lru_cache(maxsize=1)
def shipped_decision() -> Decision:
    """The fitted decision, read once."""
    data = yaml.safe_load((DATA / "decision.yaml").read_text("utf-8"))
    weights = tuple(float(data["weights"].get(name, 0)) for name in NAMES)
    return Decision(weights, float(data["none"]), float(data["answer"]), float(data["offer"]))
