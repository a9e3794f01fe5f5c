"""What the console is given by whoever puts the program together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from aiohttp import web
from sqlalchemy.orm import Session

from intents.entities import Gazetteer
from services.calendar import OfficeHours
from services.canned import CannedReply
from services.categories import Catalogues
from services.sign_in import SignInRules
from storage.engine import Database


@dataclass(frozen=True)
class ConsoleDeps:
    """The parts the pages work with.

    `public_url` is empty or the address that browsers use; `notify_outbox` wakes the sender after
    something was put on its way; `model_dir` has the trained models, None where there are none.
    """

    database: Database
    hours: OfficeHours
    clock: Callable[[], datetime]
    media_dir: Path
    notify_outbox: Callable[[], None]
    catalogues: Catalogues
    gazetteer: Callable[[Session, int], Gazetteer]
    approval: Literal["always", "never"] = "always"
    demo: bool = False
    public_url: str = ""
    rules: SignInRules = field(default_factory=SignInRules)
    canned: tuple[CannedReply, ...] = ()
    poll_seconds: float = 1.0
    model_dir: Path | None = None

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https only."""
        return self.public_url.startswith("https://")


DEPS: web.AppKey[ConsoleDeps] = web.AppKey("console", ConsoleDeps)
