"""What happens to the row behind a submission when a reviewer has decided, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from services.moderation import Effect

EFFECTS: Mapping[str, Effect] = {}

KIND_NAMES: Mapping[str, str] = {}
