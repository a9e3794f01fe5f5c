"""Signing up (报名): places are given out one by one, in the order of coming.

Each change of places locks the occasion, so that two at the same moment are two in a row; the
table refuses more places than there are. Who comes later stands in line (`signup_line`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import consents, outbox
from services.activities import ALIVE, HELD, lock, when
from services.calendar import OfficeHours
from services.consents import Scope
from services.signup_line import promote, tell, waiting_count
from storage.activities import Activity, Occasion, SignUp
from storage.residents import Resident

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
        tell(session, row, text, "reminder", now)
        told += 1
    return told


def of(session: Session, occasion: Occasion, resident: Resident) -> SignUp | None:
    """The sign-up of a resident for an occasion, whatever became of it."""
    return session.scalar(
        select(SignUp).where(SignUp.occasion_id == occasion.id, SignUp.resident_id == resident.id)
    )


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
