"""Thresholds of acting, asking and declining are those of least cost."""

from __future__ import annotations

import numpy as np

from intents.thresholds import cheapest

IDLE = 2


def test_reliable_guesses_are_acted_upon() -> None:
    """Where every guess is right, nothing is asked."""
    chances = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]], np.float32)
    chosen = cheapest(chances, np.array([0, 1]), IDLE)
    assert chosen.sure <= 0.6
    assert chosen.margin <= 0.3


def test_unreliable_guesses_are_asked_about() -> None:
    """Where guesses of low confidence are wrong half the time, asking is cheaper."""
    chances = np.array([[0.5, 0.4, 0.1], [0.5, 0.4, 0.1], [0.9, 0.05, 0.05]], np.float32)
    chosen = cheapest(chances, np.array([0, 1, 0]), IDLE)
    assert chosen.sure > 0.5 or chosen.margin >= 0.1
    assert chosen.sure <= 0.9


def test_what_asks_for_nothing_is_declined() -> None:
    """Where unlikely guesses are idle talk, they are declined instead of asked about."""
    chances = np.array([[0.2, 0.15, 0.1], [0.2, 0.1, 0.15]], np.float32)
    assert cheapest(chances, np.array([IDLE, IDLE]), IDLE).reject > 0.2
