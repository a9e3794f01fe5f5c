"""The terms of a community (时限与日历): what it promises, when its office works, its own days.

Every change is a new version, and a case keeps the one under which its clock began: what a running
clock shows can be counted again from the version that the case names. A reopened case gets the
newest; so do running cases where whoever changed the calendar wanted it (`desk_terms_keeping`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from services.calendar import OfficeHours
from services.sla import PROMISES, Promise, Terms, shipped
from storage.cases import Case
from storage.desk_terms import DeskTerms


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day on which this office does not do as the country does, and why."""

    day: date
    works: bool
    why: str


_NEWEST = (
    select(DeskTerms)
    .where(DeskTerms.community_id == bindparam("community"))
    .order_by(DeskTerms.version.desc())
    .limit(1)
    .execution_options(autoflush=False)  # nothing that a turn leaves to be written is of the terms
)


def newest_row(session: Session, community_id: int) -> DeskTerms | None:
    """The version in force; None where the community has set nothing."""
    return session.scalar(_NEWEST, {"community": community_id})


def newest(session: Session, community_id: int, hours: OfficeHours) -> Terms:
    """The terms in force in a community; `hours` are those of the deployment."""
    row = newest_row(session, community_id)
    return read(row, hours) if row else shipped(hours)


def hours_of(session: Session, community_id: int, hours: OfficeHours) -> OfficeHours:
    """When the office of a community works."""
    return newest(session, community_id, hours).hours


def of_case(session: Session, case: Case, hours: OfficeHours) -> Terms:
    """The terms by which the clock of a case runs."""
    if not case.terms_version:
        return shipped(hours)
    row = session.scalars(
        select(DeskTerms).where(
            DeskTerms.community_id == case.community_id, DeskTerms.version == case.terms_version
        )
    ).one()
    return read(row, hours)


def read(row: DeskTerms, hours: OfficeHours) -> Terms:
    """A version as the clocks use it; the quiet hours stay those of the deployment."""
    days = own_days(row)
    own = replace(
        hours,
        opens=time(*divmod(row.opens, 60)),
        closes=time(*divmod(row.closes, 60)),
        worked=frozenset(one.day for one in days if one.works),
        closed=frozenset(one.day for one in days if not one.works),
    )
    return Terms(own, promises_of(row), row.version)


def promises_of(row: DeskTerms) -> dict[str, Promise]:
    """The promises of a version by class."""
    return {name: Promise(**row.promises[name]) for name in PROMISES}


def own_days(row: DeskTerms) -> list[OwnDay]:
    """The own days of a version, by date."""
    return [OwnDay(date.fromisoformat(day), works, why) for day, works, why in row.days]


def plain_days(days: list[OwnDay]) -> list[Any]:
    """Own days as they are stored."""
    return [[one.day.isoformat(), one.works, one.why] for one in days]


def plain_promises(promises: dict[str, Promise]) -> dict[str, Any]:
    """Promises as they are stored."""
    return {name: asdict(promise) for name, promise in promises.items()}
