"""What the clock does with points: returns what was not picked up, warns, expires, publishes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import points_expiry, redemptions, solvency


def pickups(session: Session, now: datetime) -> int:
    """Reminds of what is kept for less than a day, gives back what was not picked up."""
    return redemptions.remind_due(session, now) + redemptions.lapse_due(session, now)


def expiry(session: Session, now: datetime) -> int:
    """Warns of points that end soon, expires those that have, writes down the month that is over.

    Months last: an expiry at the end of a month is dated when the job runs, so in the next one.
    """
    done = points_expiry.warn_due(session, now) + points_expiry.expire_due(session, now)
    return done + solvency.close_months(session, now)
