"""Signing in: password, second factor, lockout, and sessions that run out.

An unknown login, a wrong password, a wrong code and a locked account give the same answer after
the same work. The slow check of the password runs outside any transaction; the decision is made
in a short one, where failures are counted one after the other.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from services import audit
from storage.staff import AuditEntry, Staff, StaffSession

STEP = timedelta(seconds=30)
"""How long one code of the second factor lasts (RFC 6238, section 4.1)."""

TOUCH_EVERY = timedelta(minutes=1)
"""Signs of life are written at most this often."""


@dataclass(frozen=True, slots=True)
class SignInRules:
    """When a session ends, idle or not, and when and how long failures lock an account."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    failures: int = 5
    lockout: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in whose password has been checked against `stored`."""

    login: str
    stored: str | None
    fits: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member of staff with a live session."""

    staff: Staff
    session: StaffSession


def stored_hash(session: Session, login: str) -> str | None:
    """The password hash of a login; None where nobody of that name may sign in."""
    return session.scalar(
        select(Staff.password_hash).where(Staff.login == login, Staff.active.is_(True))
    )


def sign_in(session: Session, attempt: Attempt, rules: SignInRules, now: datetime) -> str | None:
    """The token of a new session, None where the attempt fails; counts failures and locks."""
    staff = session.scalar(
        select(Staff).where(Staff.login == attempt.login, Staff.active.is_(True)).with_for_update()
    )
    if staff is None or (staff.locked_until is not None and now < staff.locked_until):
        return None
    known = attempt.fits and attempt.stored == staff.password_hash
    if not known or not _second_factor(session, staff, attempt.code, now):
        _count_failure(session, staff, rules, now)
        return None
    staff.failures, staff.locked_until = 0, None
    audit.record(session, now, staff, "staff.sign_in", staff)
    return _open(session, staff, rules, now)


def _second_factor(session: Session, staff: Staff, code: str, now: datetime) -> bool:
    if staff.totp_secret is None:
        return True
    return code_fits(staff.totp_secret, code, now) and not _code_used(session, staff, now)


def code_fits(secret: str, code: str, now: datetime) -> bool:
    """Whether `code` is the one of this half minute or the one before (RFC 6238, section 5.2)."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    return any(
        secrets.compare_digest(totp.at(now - back).encode(), digits.encode())
        for back in (timedelta(), STEP)
    )


def _code_used(session: Session, staff: Staff, now: datetime) -> bool:
    """Whether a sign-in since the oldest valid code began may have used this very code."""
    begun = datetime.fromtimestamp(now.timestamp() // STEP.seconds * STEP.seconds, UTC) - STEP
    return bool(
        session.scalar(
            select(
                exists().where(
                    AuditEntry.action == "staff.sign_in",
                    AuditEntry.staff_id == staff.id,
                    AuditEntry.at >= begun,
                )
            )
        )
    )


def _count_failure(session: Session, staff: Staff, rules: SignInRules, now: datetime) -> None:
    staff.failures += 1
    if staff.failures >= rules.failures:
        staff.failures, staff.locked_until = 0, now + rules.lockout
        audit.record(session, now, None, "staff.locked", staff)


def _open(session: Session, staff: Staff, rules: SignInRules, now: datetime) -> str:
    session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == staff.id, StaffSession.created_at < now - rules.absolute
        )
    )
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_digest(token),
            csrf=secrets.token_urlsafe(32),
            staff_id=staff.id,
            created_at=now,
            seen_at=now,
        )
    )
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(session: Session, token: str, rules: SignInRules, now: datetime) -> SignedIn | None:
    """Who holds this token; None where it is unknown, run out, or its owner disabled."""
    found = session.execute(
        select(Staff, StaffSession)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.token_hash == _digest(token),
            StaffSession.seen_at > now - rules.idle,
            StaffSession.created_at > now - rules.absolute,
            Staff.active.is_(True),
        )
    ).first()
    return SignedIn(found[0], found[1]) if found else None


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Notes a sign of life."""
    session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))


def sign_out(session: Session, visit: SignedIn, now: datetime) -> None:
    """Ends a session."""
    session.execute(delete(StaffSession).where(StaffSession.id == visit.session.id))
    audit.record(session, now, visit.staff, "staff.sign_out", visit.staff)


def end_sessions(session: Session, staff_id: int, keep: int | None = None) -> None:
    """Ends every session of a member of staff, but the one to be kept."""
    session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == staff_id, StaffSession.id != (keep or 0)
        )
    )
