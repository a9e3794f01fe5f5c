"""The pictures and recordings that residents of the demo send, put where those of WeChat go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from services import media
from services.media import StoredFile, Wanted
from services.pictures import clean_image

SILENCE = b"#!AMR\n" + b"\x7c" * 100
"""Two seconds of AMR-NB frames without speech (RFC 4867, section 5.3)."""


class Album:
    """Keeps media below `folder`; `draw` makes the JPEG of a picture from its WeChat name."""

    def __init__(self, folder: Path, draw: Callable[[str], bytes]) -> None:
        self._folder, self._draw = folder, draw

    def fetch(self, session: Session, now: datetime) -> None:
        """Brings what was noted into the folder; a picture called `lost` cannot be had."""
        for wanted in media.claim(session, now):
            if "lost" in wanted.wechat_id:
                reason = "Invalid: 40007 invalid media_id"
                media.failed(session, wanted.id, reason, final=True, now=now)
            else:
                media.stored(session, wanted.id, self._keep(wanted))

    def erase(self, session: Session) -> None:
        """Deletes the files of residents who are forgotten."""
        for number, name in media.to_erase(session).items():
            if name:
                (self._folder / name).unlink(missing_ok=True)
            media.erased(session, number)

    def _keep(self, wanted: Wanted) -> StoredFile:
        if wanted.kind == "image":
            data, suffix, kind = clean_image(self._draw(wanted.wechat_id)).data, "jpg", "image/jpeg"
        else:
            data, suffix, kind = SILENCE, "amr", "audio/amr"
        digest = hashlib.sha256(data).hexdigest()
        name = f"{wanted.community_id}/{digest[:2]}/{wanted.id}-{digest[:24]}.{suffix}"
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return StoredFile(name, digest, kind)
