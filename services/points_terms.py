"""How a community keeps its points: how long they live, who must approve, how long goods wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require
from services.calendar import CHINA
from storage.points import PointsTerms
from storage.staff import Staff


@dataclass(frozen=True, slots=True)
class Terms:
    """As in the table; these values hold until a community says otherwise."""

    life_months: int = 12
    approval_above: int = 50
    pickup_days: int = 7


class BadTerms(Exception):
    """Terms that cannot be kept; the message says which."""


def terms_of(session: Session, community_id: int) -> Terms:
    """The terms that hold now."""
    row = session.get(PointsTerms, community_id)
    return Terms(row.life_months, row.approval_above, row.pickup_days) if row else Terms()


def set_terms(
    session: Session, staff: Staff, community_id: int, terms: Terms, now: datetime
) -> None:
    """Changes the terms for what comes from now on; raises Forbidden, BadTerms."""
    require(staff, Permission.KEEP_POINTS)
    if not (0 <= terms.life_months <= 120 and 0 <= terms.approval_above <= 100_000):
        raise BadTerms("有效期填 0 到 120 个月，复核线填 0 到 100000 分")
    if not 1 <= terms.pickup_days <= 90:
        raise BadTerms("保留天数填 1 到 90 天")
    before = terms_of(session, community_id)
    row = session.get(PointsTerms, community_id) or PointsTerms(community_id=community_id)
    row.life_months, row.approval_above = terms.life_months, terms.approval_above
    row.pickup_days, row.updated_at = terms.pickup_days, now
    session.add(row)
    audit.record(
        session, now, staff, "points.terms", row, before=_plain(before), after=_plain(terms)
    )


def expiry(life_months: int, now: datetime) -> datetime | None:
    """The end (aware UTC) of the last day of the month so many months on; None for never."""
    if not life_months:
        return None
    local = now.astimezone(CHINA)
    months = local.year * 12 + local.month + life_months  # the first day after that month
    first = datetime(months // 12, months % 12 + 1, 1, tzinfo=CHINA)
    return datetime.combine(first.date(), time(), CHINA).astimezone(UTC)


def _plain(terms: Terms) -> dict[str, int]:
    return {
        "life_months": terms.life_months,
        "approval_above": terms.approval_above,
        "pickup_days": terms.pickup_days,
    }
