"""The tests of the Polis method for proportions, on arrays of counts.

All counts are whole numbers; `seen` includes those who passed. Thresholds are one-sided.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .matrix import Floats

Z90 = 1.2816
Z95 = 1.6449
Counts: TypeAlias = "npt.NDArray[np.int64] | int"


def prop_test(successes: Counts, trials: Counts) -> Floats:
    """2·√(n+1)·((s+1)/(n+1) - ½): is the share above one half?"""
    s, n = np.asarray(successes) + 1.0, np.asarray(trials) + 1.0
    return 2 * np.sqrt(n) * (s / n - 0.5)


def two_prop_test(inside: Counts, outside: Counts, n_inside: Counts, n_outside: Counts) -> Floats:
    """The z of two proportions, each count increased by one; 0 where all agree everywhere."""
    s1, s2 = np.asarray(inside) + 1.0, np.asarray(outside) + 1.0
    n1, n2 = np.asarray(n_inside) + 1.0, np.asarray(n_outside) + 1.0
    pooled = (s1 + s2) / (n1 + n2)
    spread = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    return np.where(spread > 0, (s1 / n1 - s2 / n2) / np.sqrt(np.where(spread > 0, spread, 1)), 0)


def share(successes: Counts, trials: Counts) -> Floats:
    """(s+1)/(n+2), the share smoothed after Laplace."""
    return np.asarray((np.asarray(successes) + 1.0) / (np.asarray(trials) + 2.0))
