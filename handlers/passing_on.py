"""A request that people answer while the bot stays at hand."""

from __future__ import annotations

from handlers.kit import Turn
from handlers.words import by_when
from services import handover


def leave_with_staff(turn: Turn, text: str, intent: str) -> str:
    """Leaves `text` with the staff; returns by when somebody answers, as one says it."""
    due = handover.leave_word(
        turn.session,
        turn.resident,
        text,
        turn.world.hours,
        turn.now,
        intent=intent,
        inbound_id=turn.inbound.id,
    )
    return by_when(turn, due)
