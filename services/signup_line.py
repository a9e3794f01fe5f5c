"""The line for an occasion (候补): a place that falls free is held for the first, then the next.

Each change of places locks the occasion. A place is held until a time limit, for which the quiet
hours do not count.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from services import audit, outbox
from services.access import Permission, require
from services.activities import MOST_PEOPLE, BadActivity, lock, when
from services.calendar import OfficeHours, say_moment
from storage.activities import Activity, Occasion, SignUp
from storage.residents import Resident
from storage.staff import Staff

OFFER_LIFE = timedelta(hours=4)
"""How long a place is held for the next in line, the quiet hours not counted."""


def confirm(session: Session, row: SignUp, hours: OfficeHours, now: datetime) -> bool:
    """Takes the place that is held; False where it is not held any more."""
    occasion = lock(session, row.occasion_id)
    session.refresh(row)
    if row.state != "offered" or row.offered_until is None or occasion.starts_at <= now:
        return False
    if row.offered_until < now:
        _lapse(session, occasion, row, hours, now)
        return False
    row.state, row.offered_until, row.changed_at = "confirmed", None, now
    return True


def promote(session: Session, occasion: Occasion, hours: OfficeHours, now: datetime) -> int:
    """Holds each free place for the next in line; the occasion must be locked.

    Returns how many places were offered. Nobody is asked once it has begun.
    """
    offered = 0
    while occasion.state == "open" and occasion.taken < occasion.capacity:
        until = offer_ends(occasion, hours, now)
        row = session.scalars(_line(occasion).limit(1)).first()
        if row is None or until is None:
            break
        occasion.taken += 1
        row.state, row.offered_until, row.changed_at = "offered", until, now
        session.flush()
        _tell_offer(session, occasion, row, now)
        offered += 1
    return offered


def offer_ends(occasion: Occasion, hours: OfficeHours, now: datetime) -> datetime | None:
    """Until when a place is held that falls free now; None once the occasion has begun.

    Quiet hours do not count; close to the beginning it is the beginning.
    """
    if occasion.starts_at <= now:
        return None
    return min(hours.after_quiet(hours.after_quiet(now) + OFFER_LIFE), occasion.starts_at)


def lapse_offers(session: Session, hours: OfficeHours, now: datetime, limit: int = 50) -> int:
    """Takes back places that nobody confirmed in time and offers them on; returns how many."""
    late = select(SignUp.id).where(SignUp.state == "offered", SignUp.offered_until < now)
    found = list(session.scalars(late.order_by(SignUp.offered_until, SignUp.id).limit(limit)))
    done = 0
    for number in found:
        row = session.get_one(SignUp, number)
        occasion = lock(session, row.occasion_id)
        session.refresh(row)
        if row.state == "offered" and row.offered_until and row.offered_until < now:
            _lapse(session, occasion, row, hours, now)
            done += 1
    return done


def _lapse(
    session: Session, occasion: Occasion, row: SignUp, hours: OfficeHours, now: datetime
) -> None:
    row.state, row.offered_until, row.changed_at = "lapsed", None, now
    occasion.taken -= 1
    session.flush()
    activity = session.get_one(Activity, occasion.activity_id)
    text = f"〔{activity.title}〕为您留的名额过了时间，已经让给下一位。\n还想来的话，可以再报名。"
    tell(session, row, text, "lapsed", now)
    promote(session, occasion, hours, now)


def set_capacity(
    session: Session,
    staff: Staff,
    occasion: Occasion,
    capacity: int,
    hours: OfficeHours,
    now: datetime,
) -> None:
    """Gives an occasion more places, or fewer down to what is taken; raises BadActivity."""
    activity = session.get_one(Activity, occasion.activity_id)
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    occasion = lock(session, occasion.id)
    if not max(occasion.taken, 1) <= capacity <= MOST_PEOPLE:
        raise BadActivity("capacity", f"名额要在 {max(occasion.taken, 1)} 到 {MOST_PEOPLE} 之间")
    before, occasion.capacity = occasion.capacity, capacity
    session.flush()
    promote(session, occasion, hours, now)
    audit.record(
        session,
        now,
        staff,
        "activity.capacity",
        activity,
        before={"capacity": before},
        after={"capacity": capacity},
    )


def move_lines(session: Session, hours: OfficeHours, now: datetime, limit: int = 50) -> int:
    """Offers free places for which people wait: somebody left the account, or room was made."""
    waits = exists().where(SignUp.occasion_id == Occasion.id, SignUp.state == "waiting")
    free = select(Occasion.id).where(
        Occasion.state == "open",
        Occasion.starts_at > now,
        Occasion.taken < Occasion.capacity,
        waits,
    )
    found = list(session.scalars(free.order_by(Occasion.id).limit(limit)))
    return sum(promote(session, lock(session, number), hours, now) for number in found)


def position(session: Session, row: SignUp) -> int:
    """The place in the waiting line, 1 for the next."""
    before = select(func.count()).where(
        SignUp.occasion_id == row.occasion_id,
        SignUp.state == "waiting",
        SignUp.number <= row.number,
    )
    return session.scalar(before) or 0


def waiting_count(session: Session, occasion: Occasion) -> int:
    """How many stand in line."""
    query = select(func.count()).where(SignUp.occasion_id == occasion.id, SignUp.state == "waiting")
    return session.scalar(query) or 0


def _line(occasion: Occasion) -> Select[SignUp]:
    waiting = select(SignUp).where(SignUp.occasion_id == occasion.id, SignUp.state == "waiting")
    return waiting.order_by(SignUp.number)


def _tell_offer(session: Session, occasion: Occasion, row: SignUp, now: datetime) -> None:
    activity = session.get_one(Activity, occasion.activity_id)
    until = say_moment(row.offered_until or now, now)
    text = (
        f"有名额了：〔{activity.title}〕{when(occasion, now)}，{activity.place_text}。\n"
        f"为您留到{until}。要来请回复“确认参加”，不来请回复“让给下一位”。"
    )
    tell(session, row, text, f"offer:{row.number}", now)


def tell(session: Session, row: SignUp, text: str, what: str, now: datetime) -> None:
    """Tells the resident, and who acts for them, as a decision that must arrive."""
    for who in filter(None, (row.resident_id, row.agent_id)):
        source = f"sign-up:{row.id}:{row.number}:{what}:{who}"
        resident = session.get_one(Resident, who)
        outbox.post(session, resident, text, source=source, now=now, policy="decision")
