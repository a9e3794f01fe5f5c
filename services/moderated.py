"""What happens to the row behind a submission when a reviewer has decided, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from services.moderation import Effect

EFFECTS: Mapping[str, Effect] = {
    # the text itself is what is read, see services/outside.py: no other row has to follow
    "case_text": lambda _session, _submission, _now: None,
}

KIND_NAMES: Mapping[str, str] = {"case_text": "事项公开内容"}
