"""What happens to the row behind a submission when a reviewer has decided, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from services import board, case_summary, proposals, statements, wishes
from services.moderation import Effect
from services.outside import PUBLISHED_TEXT

EFFECTS: Mapping[str, Effect] = {
    board.MODERATED_AS: board.moderated,
    wishes.MODERATED_AS: wishes.moderated,
    proposals.KIND: proposals.moderated,
    statements.KIND: statements.moderated,
    PUBLISHED_TEXT: case_summary.moderated,
}

KIND_NAMES: Mapping[str, str] = {
    board.MODERATED_AS: "邻里互助",
    wishes.MODERATED_AS: "心愿",
    proposals.KIND: "提议",
    statements.KIND: "意见",
    PUBLISHED_TEXT: "事项公开摘要",
}
