"""Keys by which other systems hand in cases (Open311): made here, shown once, stored hashed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, covers, require
from services.places import community_path
from storage.city import ApiKey
from storage.staff import Staff

LONGEST_NAME = 40


class BadKey(Exception):
    """The key cannot be made; the message says why."""


def make(
    session: Session, staff: Staff, community_id: int, name: str, now: datetime
) -> tuple[ApiKey, str]:
    """A new key of a community and its secret, which is shown this once.

    256 random bits need no slow hash: SHA-256 is enough. Raises Forbidden, BadKey.
    """
    require(staff, Permission.KEEP_STAFF, community_path(session, community_id))
    if not 2 <= len(name.strip()) <= LONGEST_NAME:
        raise BadKey(f"写明给谁用，2 到 {LONGEST_NAME} 个字")
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        community_id=community_id,
        name=name.strip(),
        key_hash=_hash(secret),
        created_by=staff.id,
        created_at=now,
    )
    session.add(key)
    session.flush()
    audit.record(session, now, staff, "api_key.make", key, after={"name": key.name})
    return key, secret


def recognise(session: Session, community_id: int, secret: str, now: datetime) -> ApiKey | None:
    """The live key of this community with this secret, noted as used; None for any other."""
    key = session.scalar(
        select(ApiKey).where(
            ApiKey.key_hash == _hash(secret),
            ApiKey.community_id == community_id,
            ApiKey.revoked_at.is_(None),
        )
    )
    if key is not None:
        key.used_at = now
    return key


def listed(session: Session, community_id: int) -> list[ApiKey]:
    """The keys of a community, live ones first."""
    query = select(ApiKey).where(ApiKey.community_id == community_id)
    return list(session.scalars(query.order_by(ApiKey.revoked_at.is_not(None), ApiKey.id)))


def find(session: Session, staff: Staff, key_id: int) -> ApiKey | None:
    """A key of a community in the scope of `staff`."""
    key = session.get(ApiKey, key_id)
    if key is None or not covers(staff, community_path(session, key.community_id)):
        return None
    return key


def revoke(session: Session, staff: Staff, key: ApiKey, now: datetime) -> None:
    """Ends a key at once; what came in with it stays. Raises Forbidden."""
    require(staff, Permission.KEEP_STAFF, community_path(session, key.community_id))
    if key.revoked_at is None:
        key.revoked_at = now
        audit.record(session, now, staff, "api_key.revoke", key)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
