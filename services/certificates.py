"""Certificates of volunteer hours (志愿服务证明), which anybody checks by their code.

They show what the volunteer agreed to: the full name, the family name, or none; never a phone or an
address. Rule: 志愿服务条例 art. 19 (a certificate is free, true and complete).
"""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.residents import mask_name
from services.volunteer_hours import totals
from storage.communities import Community
from storage.residents import Resident
from storage.volunteers import Certificate

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 and O, no 1, I and L: the code is read aloud and typed."""


class ShownName(StrEnum):
    """How much of the name is printed."""

    FULL = "full"
    FAMILY = "family"
    NONE = "none"


class NoHours(Exception):
    """There is nothing yet to certify."""


def issue(session: Session, resident: Resident, shown: ShownName, now: datetime) -> Certificate:
    """A certificate of the hours so far; those issued before stay true of their day.

    Raises NoHours.
    """
    hours = totals(session, resident)
    if hours.credit <= 0 and hours.honour <= 0:
        raise NoHours
    row = Certificate(
        community_id=resident.community_id,
        resident_id=resident.id,
        code="".join(secrets.choice(ALPHABET) for _ in range(12)),
        shown_name=_shown(resident.name or "", shown),
        credit_minutes=max(hours.credit, 0),
        honour_minutes=max(hours.honour, 0),
        issued_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _shown(name: str, shown: ShownName) -> str:
    if shown is ShownName.FULL:
        return name
    return mask_name(name) if shown is ShownName.FAMILY and name else ""


def grouped(code: str) -> str:
    """A code as it is printed: AB2C-3DEF-4GHJ."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def find(session: Session, community: Community, typed: str) -> Certificate | None:
    """The valid certificate of a code, however it was typed; None where there is none."""
    code = "".join(char for char in typed.upper() if char.isalnum())
    return session.scalar(
        select(Certificate).where(
            Certificate.community_id == community.id,
            Certificate.code == code,
            Certificate.revoked_at.is_(None),
        )
    )
