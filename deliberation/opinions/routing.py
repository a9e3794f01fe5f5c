"""Which statement a participant is asked about next.

p = (P+1)/(S+2), a = (A+1)/(S+2); importance = (1-p)(E+1)·a; priority = (importance ·
(1 + 8·2^(-S/5)))². A statement is drawn with these weights among the active ones that the
participant has not answered; new ones and dividing ones come up more often.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import accumulate

import numpy as np

from .matrix import Floats
from .statistics import Counts, share


def priority(agree: Counts, passed: Counts, seen: Counts, extremity: Floats | float) -> Floats:
    """Weight of each statement; counts of agree, pass and all votes, extremity ≥ 0."""
    importance = (1 - share(passed, seen)) * (np.asarray(extremity) + 1) * share(agree, seen)
    newness = 1 + 8 * np.exp2(-np.asarray(seen) / 5)
    return np.asarray((importance * newness) ** 2)


def next_statement(
    priorities: Mapping[str, float], answered: Collection[str], chance: float
) -> str | None:
    """Draw one not answered; `chance` in [0, 1) comes from the caller. None when all are."""
    open_ones = [name for name in sorted(priorities) if name not in answered]
    reached = list(accumulate(priorities[name] for name in open_ones))
    if not open_ones:
        return None
    drawn = chance * reached[-1]
    return next(
        (n for n, upto in zip(open_ones, reached, strict=True) if drawn < upto), open_ones[-1]
    )
