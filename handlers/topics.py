"""What the last answer was about, so that a question can go on from it; kept for half an hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.kit import Turn

LIFE = timedelta(minutes=30)


def keep(turn: Turn, service: str, about: Mapping[str, Any]) -> None:
    """Remembers the topic of an answer, in place of the one before."""
    turn.dialog.topic = {"service": service, "at": turn.now.isoformat(), "about": dict(about)}


def fresh(turn: Turn) -> tuple[str, dict[str, Any]] | None:
    """The service that has the topic, and what it is; None where there is none, or no more."""
    topic = turn.dialog.topic
    if not topic or turn.now > datetime.fromisoformat(topic["at"]) + LIFE:
        return None
    return topic["service"], topic["about"]


def leave(turn: Turn, service: str) -> None:
    """Another service has answered: its topic is the topic no more."""
    if turn.dialog.topic and turn.dialog.topic["service"] != service:
        turn.dialog.topic = {}
