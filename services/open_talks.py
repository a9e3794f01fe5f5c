"""Conversations that people took over and have not ended: the bot keeps quiet in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from services.access import visible_talk
from services.place_names import names_of
from services.residents import display_name, visible_residents
from storage.communities import Place
from storage.desk import Reply
from storage.residents import Dialog, Resident
from storage.staff import Staff


@dataclass(frozen=True, slots=True)
class OpenTalk:
    """A conversation in `waiting` or `person`; `since` is when somebody last said something."""

    resident_id: int
    name: str
    place: str
    handover: str
    since: datetime


def listed(
    session: Session, staff: Staff, *, offset: int = 0, limit: int = 30
) -> tuple[list[OpenTalk], int]:
    """A page of those in sight of `staff`, the longest silent first; and how many in all."""
    since, home = _last_said(), aliased(Place)
    query = _open(staff, Resident, Dialog.handover, since, home.path).outerjoin(
        home, home.id == Resident.home_id
    )
    page = query.order_by(since, Resident.id).offset(offset).limit(limit)
    rows = session.execute(page).all()
    places = names_of(session, {path for *_, path in rows if path})
    found = [
        OpenTalk(resident.id, display_name(resident), places.get(path, ""), handover, moment)
        for resident, handover, moment, path in rows
    ]
    return found, count(session, staff)


def count(session: Session, staff: Staff) -> int:
    """How many there are in sight of `staff`."""
    return session.scalar(_open(staff, func.count())) or 0


def mark(session: Session, staff: Staff) -> str:
    """Differs when the list has changed; see `services.marks`."""
    rows = session.execute(_open(staff, Resident.id, Dialog.handover, _last_said()))
    return ";".join(",".join(str(value) for value in row) for row in rows)


def _open(staff: Staff, *columns: Any) -> Select[Any]:
    """The few that are open are found first: what decides about sight is asked of them alone."""
    dialog = aliased(Dialog)
    few = select(dialog.resident_id).where(dialog.handover.in_(("waiting", "person")))
    return (
        select(*columns)
        .select_from(Resident)
        .join(Dialog, Dialog.resident_id == Resident.id)
        .where(
            Resident.id.in_(few),
            visible_residents(staff),
            visible_talk(staff, Resident.id),
        )
    )


def _last_said() -> ColumnElement[datetime]:
    """When the resident last wrote or staff last answered, else when a person was asked for."""
    answered = (
        select(func.max(Reply.updated_at))
        .where(Reply.resident_id == Resident.id, Reply.state == "approved")
        .correlate(Resident)
        .scalar_subquery()
    )
    written = func.coalesce(Resident.last_message_at, Dialog.handover_at, Dialog.updated_at)
    return case((answered > written, answered), else_=written)
