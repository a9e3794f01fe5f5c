"""Pictures that staff upload with a case: checked and re-encoded like those of residents."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from services.media import StoredFile
from services.pictures import CleanImage
from storage.cases import Case
from storage.messages import Media

MOST_PICTURES = 6


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture with the name under which it is stored below the media folder."""

    file: StoredFile
    data: bytes


def prepared(picture: CleanImage) -> Upload:
    """A checked picture with a name of its own, so that each row has its own file to erase."""
    digest = picture.sha256
    name = f"uploads/{digest[:2]}/{secrets.token_hex(6)}-{digest[:24]}.jpg"
    return Upload(StoredFile(name, picture.sha256, "image/jpeg"), picture.data)


def keep_file(folder: Path, upload: Upload) -> None:
    """Writes the file; a half-written one is never seen under its name."""
    target = folder / upload.file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(upload.data)
    part.replace(target)


def attach(session: Session, case: Case, uploads: Sequence[Upload], now: datetime) -> None:
    """Records the pictures with the case; a resident's are erased when they are forgotten."""
    for upload in uploads:
        session.add(
            Media(
                community_id=case.community_id,
                resident_id=case.resident_id,
                case_id=case.id,
                kind="image",
                account="",
                state="stored",
                file=upload.file.name,
                sha256=upload.file.sha256,
                content_type=upload.file.content_type,
                next_at=now,
                created_at=now,
            )
        )
