"""What happens to the row behind a submission when a reviewer has decided, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from services import board, wishes
from services.moderation import Effect

EFFECTS: Mapping[str, Effect] = {
    board.MODERATED_AS: board.moderated,
    wishes.MODERATED_AS: wishes.moderated,
}

KIND_NAMES: Mapping[str, str] = {
    board.MODERATED_AS: "邻里互助",
    wishes.MODERATED_AS: "心愿",
}
