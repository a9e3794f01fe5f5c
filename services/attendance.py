"""Check-in and check-out (签到签退): by a code that changes every minute, or a QR code on the spot.

The code is derived from the secret of the occasion and the minute, HOTP-like (RFC 4226 section 5.3)
with four digits: it is good for its minute and the next one, for those who signed up, inside the
window. Wrong codes are counted; after `MOST_WRONG` only the organiser can help.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.activities import HELD
from storage.activities import Activity, Occasion, SignUp
from storage.residents import Resident

EARLY, LATE = timedelta(minutes=30), timedelta(minutes=60)
"""How long before the beginning one may check in, and after the end check out."""
SHORTEST_STAY = timedelta(minutes=10)
MOST_WRONG = 5
DIGITS = 4


class Step(StrEnum):
    """What a code did."""

    IN = "in"
    OUT = "out"
    ALREADY = "already"
    WRONG = "wrong"
    LOCKED = "locked"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a code, with the place it was about where there is one."""

    step: Step
    sign_up: SignUp | None = None
    occasion: Occasion | None = None
    activity: Activity | None = None


def code_at(occasion: Occasion, moment: datetime) -> str:
    """The code of the minute that `moment` lies in."""
    minute = int(moment.timestamp()) // 60
    digest = _mac(occasion, f"code:{minute}")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def next_change(moment: datetime) -> datetime:
    """When the code that is shown at `moment` changes."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def scene_of(occasion: Occasion) -> str:
    """What the QR code of an occasion holds, behind `signin:`."""
    return f"{occasion.id}.{_mac(occasion, 'scene').hex()[:16]}"


def _mac(occasion: Occasion, purpose: str) -> bytes:
    message = f"{occasion.id}:{purpose}".encode()
    return hmac.new(occasion.secret.encode(), message, hashlib.sha256).digest()


def in_window(occasion: Occasion, now: datetime) -> bool:
    """Whether check-in or check-out is possible now."""
    return occasion.starts_at - EARLY <= now <= occasion.ends_at + LATE


def by_code(session: Session, resident: Resident, code: str, now: datetime) -> Checked:
    """Checks a resident in, or out, by a typed code of an occasion that they signed up for."""
    mine = _in_window(session, resident, now)
    if not mine:
        return Checked(Step.NOTHING)
    open_rows = [one for one in mine if one[0].wrong_codes < MOST_WRONG]
    if not open_rows:
        return Checked(Step.LOCKED, *mine[0])
    for row, occasion, activity in open_rows:
        valid = (code_at(occasion, now), code_at(occasion, now - timedelta(minutes=1)))
        if any(hmac.compare_digest(code, one) for one in valid):
            return _step(row, occasion, activity, now)
    for row, _, _ in open_rows:
        row.wrong_codes += 1
    return Checked(Step.WRONG, *open_rows[0])


def by_scene(session: Session, resident: Resident, scene: str, now: datetime) -> Checked:
    """Checks a resident in, or out, by the QR code on the spot."""
    for row, occasion, activity in _in_window(session, resident, now):
        if hmac.compare_digest(scene.encode(), scene_of(occasion).encode()):
            return _step(row, occasion, activity, now)
    return Checked(Step.NOTHING)


def pending(session: Session, resident: Resident, now: datetime) -> Checked:
    """The occasion at which the resident could check in or out just now."""
    mine = _in_window(session, resident, now)
    return Checked(Step.NOTHING, *mine[0]) if mine else Checked(Step.NOTHING)


def _step(row: SignUp, occasion: Occasion, activity: Activity, now: datetime) -> Checked:
    row.wrong_codes = 0
    if row.checked_in_at is None:
        if now > occasion.ends_at:
            return Checked(Step.NOTHING, row, occasion, activity)
        row.checked_in_at, row.state, row.offered_until = now, "confirmed", None
        return Checked(Step.IN, row, occasion, activity)
    if row.checked_out_at is not None or now < row.checked_in_at + SHORTEST_STAY:
        return Checked(Step.ALREADY, row, occasion, activity)
    row.checked_out_at = now
    return Checked(Step.OUT, row, occasion, activity)


def _in_window(
    session: Session, resident: Resident, now: datetime
) -> list[tuple[SignUp, Occasion, Activity]]:
    query = (
        select(SignUp, Occasion, Activity)
        .join(Occasion, Occasion.id == SignUp.occasion_id)
        .join(Activity, Activity.id == Occasion.activity_id)
        .where(
            SignUp.resident_id == resident.id,
            SignUp.state.in_(HELD),
            Occasion.state == "open",
            Occasion.settled_at.is_(None),
            Occasion.starts_at <= now + EARLY,
            Occasion.ends_at >= now - LATE,
        )
        .order_by(Occasion.starts_at, Occasion.id)
        .with_for_update(of=SignUp)
    )
    return [(row, occasion, activity) for row, occasion, activity in session.execute(query)]


def minutes_served(row: SignUp, occasion: Occasion) -> int:
    """Whole minutes between check-in and check-out that lie inside the occasion; 0 without both."""
    if row.checked_in_at is None or row.checked_out_at is None:
        return 0
    first = max(row.checked_in_at, occasion.starts_at)
    last = min(row.checked_out_at, occasion.ends_at)
    return max(int((last - first).total_seconds() // 60), 0)
