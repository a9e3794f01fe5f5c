"""Pictures and voices of residents: noted in the turn, fetched soon after, kept as files.

WeChat keeps a medium for three days; a fetch that fails is tried again until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.messages import InboundMessage, Media
from storage.residents import Resident

KEPT_BY_WECHAT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A medium to be fetched, as plain values."""

    id: int
    account: str
    wechat_id: str
    kind: str
    community_id: int


def note(
    session: Session, resident: Resident, inbound: InboundMessage, wechat_id: str, now: datetime
) -> Media:
    """Notes a medium that came with a message, to be fetched at once."""
    medium = Media(
        community_id=resident.community_id,
        resident_id=resident.id,
        inbound_id=inbound.id,
        kind=inbound.kind,
        account=resident.account,
        wechat_id=wechat_id,
        state="pending",
        next_at=now,
        created_at=now,
    )
    session.add(medium)
    session.flush()
    return medium


def discard(session: Session, media_id: int | None) -> None:
    """Forgets a medium that came in this turn before it is fetched: a vote said aloud."""
    if media_id is not None:
        session.delete(session.get_one(Media, media_id))


def claim(session: Session, now: datetime, limit: int = 10) -> list[Wanted]:
    """Media that are due to be fetched; a claim holds for two minutes."""
    due = session.scalars(
        select(Media)
        .where(Media.state == "pending", Media.next_at <= now)
        .order_by(Media.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for medium in due:
        medium.attempts += 1
        medium.next_at = now + timedelta(minutes=2)
    return [Wanted(m.id, m.account, m.wechat_id, m.kind, m.community_id) for m in due]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A fetched file: its name below the media folder, its digest and its type."""

    name: str
    sha256: str
    content_type: str


def stored(session: Session, media_id: int, file: StoredFile) -> bool:
    """Records a fetched file; False where the resident was forgotten meanwhile (delete it)."""
    medium = session.get_one(Media, media_id, with_for_update=True)
    if medium.file == file.name:
        return True  # another worker was quicker with the same file
    if medium.state != "pending":
        return False
    medium.state, medium.file = "stored", file.name
    medium.sha256, medium.content_type, medium.error = file.sha256, file.content_type, ""
    return True


def failed(session: Session, media_id: int, error: str, *, final: bool, now: datetime) -> None:
    """Records a failed fetch: tried again later, or given up."""
    medium = session.get_one(Media, media_id, with_for_update=True)
    medium.error = error[:200]
    if final or now > medium.created_at + KEPT_BY_WECHAT:
        medium.state = "failed"
    else:
        medium.next_at = now + timedelta(seconds=min(10 * 3**medium.attempts, 3600))


def to_erase(session: Session, limit: int = 50) -> dict[int, str]:
    """Files of forgotten residents that still lie in the media folder, by row."""
    rows = session.scalars(select(Media).where(Media.state == "erase").limit(limit))
    return {row.id: row.file for row in rows}


def erased(session: Session, media_id: int) -> None:
    """Records that the file of a forgotten resident is gone."""
    medium = session.get_one(Media, media_id)
    medium.state, medium.file = "gone", ""
