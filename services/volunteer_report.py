"""志愿和积分月报: volunteers, hours and points of each month, as ledger and sheets have them.

Amounts of the ledger are those of the public months (services.solvency), summed over the
communities of the reader; hours are whole minutes, corrections taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services import scope, solvency
from services.ledger_accounts import Unit
from services.solvency import Figures, begin_of, following, month_of
from storage.activities import Activity, Occasion, SignUp
from storage.staff import Staff
from storage.volunteers import Volunteer

MONTHS = 6


@dataclass(frozen=True, slots=True)
class MonthReport:
    """One month; minutes for hours, points for points, `outstanding` at its end."""

    month: str
    volunteers: int
    joined: int
    occasions: int
    came: int
    service: int
    honour: int
    saved: int
    issued: int
    redeemed: int
    expired: int
    withdrawn: int
    outstanding: int


def months(session: Session, staff: Staff, now: datetime) -> list[MonthReport]:
    """The last `MONTHS` months of the communities in scope, the running one last."""
    names = [month_of(now)]
    while len(names) < MONTHS:
        names.insert(0, _before(names[0]))
    communities = [one.id for one in scope.kept(session, staff)]
    books = {unit: _book(session, communities, unit, now) for unit in Unit}
    return [_month(session, communities, name, books) for name in names]


def _before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02d}"


def _book(
    session: Session, communities: Sequence[int], unit: Unit, now: datetime
) -> dict[str, list[Figures]]:
    """The public figures of a unit by month, one for each community; the last goes on standing."""
    found: dict[str, list[Figures]] = {}
    for community in communities:
        done = [solvency.figures_of(row) for row in solvency.published(session, community, unit)]
        for one in (*done, *solvency.unpublished(session, community, unit, now)):
            found.setdefault(one.month, []).append(one)
    return found


def _month(
    session: Session,
    communities: Sequence[int],
    month: str,
    books: dict[Unit, dict[str, list[Figures]]],
) -> MonthReport:
    def total(unit: Unit, what: str) -> int:
        return sum(getattr(one, what) for one in books[unit].get(month, ()))

    end = begin_of(following(month))
    here = Volunteer.community_id.in_(communities)
    stays = Volunteer.left_at.is_(None) | (Volunteer.left_at >= end)
    held = (
        Occasion.community_id.in_(communities),
        Occasion.state == "open",
        Activity.state == "published",
        *_within(Occasion.starts_at, month),
    )
    came = (SignUp.community_id.in_(communities), *_within(SignUp.checked_in_at, month))
    return MonthReport(
        month,
        volunteers=_count(session, Volunteer.id, here, Volunteer.agreed_at < end, stays),
        joined=_count(session, Volunteer.id, here, *_within(Volunteer.agreed_at, month)),
        occasions=session.scalar(
            select(func.count(Occasion.id))
            .join(Activity, Activity.id == Occasion.activity_id)
            .where(*held)
        )
        or 0,
        came=_count(session, SignUp.id, *came),
        service=total(Unit.SERVICE, "issued") - total(Unit.SERVICE, "withdrawn"),
        honour=total(Unit.HONOUR, "issued") - total(Unit.HONOUR, "withdrawn"),
        saved=total(Unit.HOURS, "outstanding"),
        issued=total(Unit.POINTS, "issued"),
        redeemed=total(Unit.POINTS, "redeemed"),
        expired=total(Unit.POINTS, "expired"),
        withdrawn=total(Unit.POINTS, "withdrawn"),
        outstanding=total(Unit.POINTS, "outstanding"),
    )


def _within(
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], month: str
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return moment >= begin_of(month), moment < begin_of(following(month))


def _count(
    session: Session, what: InstrumentedAttribute[int], *conditions: ColumnElement[bool]
) -> int:
    return session.scalar(select(func.count(what)).where(*conditions)) or 0
