"""When to act, when to ask, when to decline: chosen on held-out texts under a stated cost.

A wrong action costs four, a question one (two where the right label is not among the choices
offered, and for a text that asked for nothing), declining what could have been served two; a right
action and a rightly declined text cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from intents.linear import Floats

WRONG, ASKED, ASKED_IN_VAIN, DECLINED = 4.0, 1.0, 2.0, 2.0
CHOICES = 3
_SURE = np.arange(30, 91, 5) / 100
_MARGIN = np.arange(0, 41, 5) / 100
_REJECT = np.arange(30, 41, 2) / 100  # less than that names no service, whatever it would save


@dataclass(frozen=True)
class Thresholds:
    """Below the probability `reject` nothing is done; below `sure`, or within `margin` of the
    next label, the dialogue asks.
    """

    reject: float
    sure: float
    margin: float


def cheapest(chances: Floats, target: NDArray[np.int64], idle: int) -> Thresholds:
    """The thresholds of least cost for `chances` (texts x labels) of texts whose labels are
    `target`; `idle` is the number of the label that asks for nothing.
    """
    order = np.argsort(-chances, axis=1, kind="stable")
    ranked = np.take_along_axis(chances, order, axis=1)
    first, second, guess = ranked[:, 0], ranked[:, 1], order[:, 0]
    offered = (order[:, :CHOICES] == target[:, np.newaxis]).any(axis=1)
    acted = np.where(guess == target, 0.0, WRONG)
    asked = np.where(offered & (target != idle), ASKED, ASKED_IN_VAIN)
    declined = np.where(target == idle, 0.0, DECLINED)

    def cost(choice: Thresholds) -> float:
        unsure = (first < choice.sure) | (first - second < choice.margin)
        spent = np.where(unsure, asked, acted)
        return float(np.where((first < choice.reject) & (guess != idle), declined, spent).mean())

    grid = product(_REJECT.tolist(), _SURE.tolist(), _MARGIN.tolist())
    return min((Thresholds(*values) for values in grid), key=cost)
