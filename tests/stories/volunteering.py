"""What stories about volunteering need: activities, the organiser's screen, the jobs, the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import attendance, attendance_sheet, signup_line, signups
from services.calendar import OfficeHours
from storage.activities import Activity, Occasion, SignUp
from storage.consents import ConsentCode
from storage.messages import OutboxMessage
from storage.staff import Staff
from storage.volunteers import HourEntry
from tests.volunteers.plans import CLEANING, CLINIC, published, saturday

HOURS = OfficeHours()
COMPANY = replace(CLEANING, title="陪老人聊天", kind="elder", content="陪独居老人说说话。")
PLANS = {"cleaning": (CLEANING, 9), "clinic": (CLINIC, 8), "company": (COMPANY, 14)}


def open_activity(session: Session, worker: Staff, told: str, now: datetime) -> None:
    """`cleaning`, `clinic` or `company` on Saturday, with the number of places where given."""
    name, _, places = told.partition(" ")
    plan, hour = PLANS[name]
    wanted = replace(plan, capacity=int(places or 2))
    published(session, worker, wanted, saturday(now, hour), now)


def shown(session: Session, what: str, now: datetime) -> str:
    """The sign-in code or scene of the first occasion, its poster, or the newest code of leave."""
    if what == "leave":
        return (
            session.scalars(select(ConsentCode.code).order_by(ConsentCode.id.desc())).first() or ""
        )
    occasion = session.scalars(select(Occasion).order_by(Occasion.id)).first()
    assert occasion is not None, "there is no activity"
    if what == "poster":
        return f"activity:{occasion.activity_id}"
    if what == "scene":
        return f"signin:{attendance.scene_of(occasion)}"
    return attendance.code_at(occasion, now)


def jobs(session: Session, now: datetime) -> None:
    """What the jobs of volunteering do."""
    signup_line.lapse_offers(session, HOURS, now)
    signup_line.move_lines(session, HOURS, now)
    signups.remind(session, now)
    attendance_sheet.close_past(session, HOURS, now)


def confirm(session: Session, worker: Staff, now: datetime) -> None:
    """The organiser confirms the sign-in sheet of the first occasion."""
    occasion = session.scalars(select(Occasion).order_by(Occasion.id)).first()
    assert occasion is not None, "there is no activity"
    attendance_sheet.confirm(session, worker, occasion, now)


def sign_ups(session: Session) -> dict[str, list[str]]:
    """The states of the sign-ups in their order, by activity."""
    query = (
        select(Activity.kind, SignUp.state)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .join(SignUp, SignUp.occasion_id == Occasion.id)
        .order_by(SignUp.id)
    )
    found: dict[str, list[str]] = {}
    for kind, state in session.execute(query):
        found.setdefault(kind, []).append(state)
    return found


def hours(session: Session) -> list[list[object]]:
    """Kind and minutes of every entry."""
    entries = session.scalars(select(HourEntry).order_by(HourEntry.id))
    return [[one.kind, one.minutes] for one in entries]


def told(session: Session) -> list[str]:
    """The first words of what was put on its way to anybody."""
    texts = session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id))
    return [text[:6] for text in texts]
