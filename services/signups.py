"""Signing up (报名): places are given out one by one, and the line moves in the order of coming.

Each change of places locks the occasion, so that two at the same moment are two in a row; the
table refuses more places than there are. A place that falls free is held for the first in line
until a time limit, then for the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from services import audit, consents, outbox
from services.access import Permission, require
from services.activities import ALIVE, HELD, MOST_PEOPLE, BadActivity, lock, when
from services.calendar import OfficeHours, say_moment
from services.consents import Scope
from storage.activities import Activity, Occasion, SignUp
from storage.residents import Resident
from storage.staff import Staff

OFFER_LIFE = timedelta(hours=4)
"""How long a place is held for the next in line, the quiet hours not counted."""
REMIND_AHEAD = timedelta(hours=24)


class CannotJoin(Exception):
    """Signing up is not possible; the message says why, in the resident's words."""


def sign_up(
    session: Session,
    occasion_id: int,
    resident: Resident,
    now: datetime,
    *,
    agent: Resident | None = None,
) -> SignUp:
    """A place for a resident, or the next number in line; who has one keeps it.

    With `agent` it is done for somebody else: raises consents.NoConsent without their leave, and
    they hear of it. Raises CannotJoin where the occasion takes nobody any more.
    """
    if agent is not None and agent.id != resident.id:
        consents.require(session, resident, agent, Scope.VOLUNTEERING)
    occasion = lock(session, occasion_id)
    activity = session.get_one(Activity, occasion.activity_id)
    _check_open(activity, occasion, resident, now)
    known = of(session, occasion, resident)
    if known is not None and known.state in ALIVE:
        return known
    row = known or SignUp(
        community_id=occasion.community_id,
        occasion_id=occasion.id,
        resident_id=resident.id,
        created_at=now,
    )
    _take_place(session, occasion, row, now)
    row.agent_id = agent.id if agent is not None and agent.id != resident.id else None
    session.add(row)
    session.flush()
    if row.agent_id:
        _tell_principal(session, activity, occasion, row, resident, now)
    return row


def _check_open(activity: Activity, occasion: Occasion, resident: Resident, now: datetime) -> None:
    if activity.community_id != resident.community_id or activity.state == "draft":
        raise CannotJoin("没有这场活动。")
    if occasion.state != "open" or activity.state != "published":
        raise CannotJoin("对不住，这场活动已经取消了。")
    if occasion.starts_at <= now:
        raise CannotJoin("这场活动已经开始，不能再报名了。")


def _take_place(session: Session, occasion: Occasion, row: SignUp, now: datetime) -> None:
    """A place while there is one and nobody stands before; else the end of the line."""
    occasion.last_number += 1
    row.number, row.changed_at, row.offered_until = occasion.last_number, now, None
    row.reminded_at = None
    if occasion.taken < occasion.capacity and not waiting_count(session, occasion):
        occasion.taken += 1
        row.state = "confirmed"
    else:
        row.state = "waiting"


def cancel(
    session: Session,
    row: SignUp,
    hours: OfficeHours,
    now: datetime,
    *,
    agent: Resident | None = None,
) -> bool:
    """Gives a place or a number in line back; the next one is offered it.

    With `agent` somebody may do it for another, who hears of it; raises consents.NoConsent.
    False where nothing was to be given back, or the occasion has begun.
    """
    if agent is not None and agent.id != row.resident_id:
        consents.require(
            session, session.get_one(Resident, row.resident_id), agent, Scope.VOLUNTEERING
        )
    occasion = lock(session, row.occasion_id)
    session.refresh(row)
    if row.state not in ALIVE or occasion.starts_at <= now or row.checked_in_at is not None:
        return False
    held = row.state in HELD
    row.state, row.offered_until, row.changed_at = "cancelled", None, now
    if held:
        occasion.taken -= 1
    session.flush()
    if agent is not None and agent.id != row.resident_id:
        _tell_cancelled(session, occasion, row, now)
    promote(session, occasion, hours, now)
    return True


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
    _post(session, row, text, "lapsed", now)
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


def remind(session: Session, now: datetime, limit: int = 200) -> int:
    """Reminds those who come tomorrow, once each; the outbox keeps the quiet hours.

    Who signed up less than a day ahead was told the time just then.
    """
    due = (
        select(SignUp, Occasion, Activity)
        .join(Occasion, Occasion.id == SignUp.occasion_id)
        .join(Activity, Activity.id == Occasion.activity_id)
        .where(
            SignUp.state == "confirmed",
            SignUp.reminded_at.is_(None),
            Occasion.state == "open",
            Occasion.starts_at > now,
            Occasion.starts_at <= now + REMIND_AHEAD,
        )
        .order_by(SignUp.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=SignUp)
    )
    told = 0
    for row, occasion, activity in session.execute(due).all():
        row.reminded_at = now
        if row.changed_at > occasion.starts_at - REMIND_AHEAD:
            continue
        text = (
            f"提醒您：〔{activity.title}〕{when(occasion, now)}，{activity.place_text}。\n"
            f"{activity.risk}\n去不了请回复“取消报名”，好让候补的邻居去。"
        )
        _post(session, row, text, "reminder", now)
        told += 1
    return told


def of(session: Session, occasion: Occasion, resident: Resident) -> SignUp | None:
    """The sign-up of a resident for an occasion, whatever became of it."""
    return session.scalar(
        select(SignUp).where(SignUp.occasion_id == occasion.id, SignUp.resident_id == resident.id)
    )


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


def clashes(
    session: Session, resident: Resident, occasion: Occasion
) -> list[tuple[Activity, Occasion]]:
    """What the resident has signed up for that overlaps with an occasion."""
    query = (
        select(Activity, Occasion)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .join(SignUp, SignUp.occasion_id == Occasion.id)
        .where(
            SignUp.resident_id == resident.id,
            SignUp.state.in_(ALIVE),
            Occasion.id != occasion.id,
            Occasion.state == "open",
            Occasion.starts_at < occasion.ends_at,
            Occasion.ends_at > occasion.starts_at,
        )
        .order_by(Occasion.starts_at)
    )
    return [(activity, other) for activity, other in session.execute(query)]


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
    _post(session, row, text, f"offer:{row.number}", now)


def _tell_principal(
    session: Session,
    activity: Activity,
    occasion: Occasion,
    row: SignUp,
    resident: Resident,
    now: datetime,
) -> None:
    how = "报了名" if row.state == "confirmed" else "排了候补"
    text = (
        f"您授权的人替您{how}：〔{activity.title}〕{when(occasion, now)}，{activity.place_text}。\n"
        "不去请回复“取消报名”；不想再让人代办，回复“授权”收回。"
    )
    source = f"sign-up:{row.id}:for:{row.number}"
    outbox.post(session, resident, text, source=source, now=now)


def _tell_cancelled(session: Session, occasion: Occasion, row: SignUp, now: datetime) -> None:
    activity = session.get_one(Activity, occasion.activity_id)
    text = f"您授权的人替您取消了报名：〔{activity.title}〕{when(occasion, now)}。"
    resident = session.get_one(Resident, row.resident_id)
    source = f"sign-up:{row.id}:off:{row.number}"
    outbox.post(session, resident, text, source=source, now=now)


def _post(session: Session, row: SignUp, text: str, what: str, now: datetime) -> None:
    """Tells the resident, and who acts for them, as a decision that must arrive."""
    for who in filter(None, (row.resident_id, row.agent_id)):
        source = f"sign-up:{row.id}:{row.number}:{what}:{who}"
        resident = session.get_one(Resident, who)
        outbox.post(session, resident, text, source=source, now=now, policy="decision")
