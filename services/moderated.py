"""What happens to the row behind a submission when a reviewer has decided, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from services import proposals, statements
from services.moderation import Effect

EFFECTS: Mapping[str, Effect] = {
    proposals.KIND: proposals.moderated,
    statements.KIND: statements.moderated,
}

KIND_NAMES: Mapping[str, str] = {proposals.KIND: "提议", statements.KIND: "意见"}
