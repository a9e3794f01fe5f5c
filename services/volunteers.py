"""Volunteers (志愿者): registered with their consent, with what they like to do and their team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.activity_kinds import KINDS
from services.residents import display_name
from services.scope import communities
from services.volunteer_hours import Hours, totals_of
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff
from storage.volunteers import HourEntry, Volunteer

TEAM_LENGTH = 40


def volunteer_of(session: Session, resident: Resident) -> Volunteer | None:
    """The registration of a resident; None where there is none or they left."""
    return session.scalar(
        select(Volunteer).where(Volunteer.resident_id == resident.id, Volunteer.left_at.is_(None))
    )


def register(
    session: Session,
    resident: Resident,
    now: datetime,
    *,
    interests: Sequence[str] | None = None,
    team: str | None = None,
) -> Volunteer:
    """Registers a resident who agreed to it, or completes what they told; None leaves it as it is.

    A team of the name of a partner of the community is that partner.
    """
    row = session.scalar(select(Volunteer).where(Volunteer.resident_id == resident.id))
    if row is None:
        row = Volunteer(
            community_id=resident.community_id,
            resident_id=resident.id,
            interests=[],
            team="",
            agreed_at=now,
        )
        session.add(row)
    if row.left_at is not None:
        row.left_at, row.agreed_at = None, now
    if interests is not None:
        row.interests = [code for code in KINDS if code in interests]
    if team is not None:
        row.team = team.strip()[:TEAM_LENGTH]
        row.organisation_id = session.scalar(
            select(Organisation.id).where(
                Organisation.community_id == resident.community_id,
                Organisation.name == row.team,
                Organisation.active.is_(True),
            )
        )
    session.flush()
    return row


def leave(session: Session, resident: Resident, now: datetime) -> bool:
    """Ends the registration; hours stay. False where there was none."""
    row = volunteer_of(session, resident)
    if row is None:
        return False
    row.left_at = now
    return True


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """A volunteer as staff read them: masked, with the totals of both kinds."""

    volunteer: Volunteer
    name: str
    hours: Hours

    @property
    def interests(self) -> str:
        return "、".join(KINDS[code] for code in self.volunteer.interests if code in KINDS)


def listed(
    session: Session, staff: Staff, *, offset: int = 0, limit: int = 30
) -> tuple[list[VolunteerRow], int]:
    """A page of the volunteers in the scope of `staff`, and how many there are in all."""
    mine = Volunteer.community_id.in_(communities(staff))
    query = (
        select(Volunteer, Resident)
        .join(Resident, Resident.id == Volunteer.resident_id)
        .where(mine, Volunteer.left_at.is_(None), Resident.forgotten_at.is_(None))
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = session.execute(query.order_by(Volunteer.id).offset(offset).limit(limit)).all()
    hours = totals_of(session, [resident.id for _, resident in page])
    return [
        VolunteerRow(row, display_name(resident), hours[resident.id]) for row, resident in page
    ], total


def find(session: Session, staff: Staff, number: int) -> tuple[Volunteer, Resident] | None:
    """One volunteer of a community in the scope of `staff`."""
    mine = Volunteer.community_id.in_(communities(staff))
    query = (
        select(Volunteer, Resident)
        .join(Resident, Resident.id == Volunteer.resident_id)
        .where(Volunteer.id == number, mine)
    )
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def entries_in(session: Session, staff: Staff, limit: int) -> list[tuple[HourEntry, Resident]]:
    """The newest entries of hours in the scope of `staff`, with whose they are."""
    mine = HourEntry.community_id.in_(communities(staff))
    query = (
        select(HourEntry, Resident)
        .join(Resident, Resident.id == HourEntry.resident_id)
        .where(mine)
        .order_by(HourEntry.id.desc())
        .limit(limit)
    )
    return [(entry, resident) for entry, resident in session.execute(query)]
