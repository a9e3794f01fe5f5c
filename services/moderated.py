"""What happens to the row behind a submission when a reviewer has decided, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from services import board, proposals, statements, wishes
from services.moderation import Effect

EFFECTS: Mapping[str, Effect] = {
    board.MODERATED_AS: board.moderated,
    wishes.MODERATED_AS: wishes.moderated,
    proposals.KIND: proposals.moderated,
    statements.KIND: statements.moderated,
    # the text itself is what is read, see services/outside.py: no other row has to follow
    "case_text": lambda _session, _submission, _now: None,
}

KIND_NAMES: Mapping[str, str] = {
    board.MODERATED_AS: "邻里互助",
    wishes.MODERATED_AS: "心愿",
    proposals.KIND: "提议",
    statements.KIND: "意见",
    "case_text": "事项公开内容",
}
