"""The resident services, one module each, and the visible list of them."""

from __future__ import annotations

from handlers import (
    aid,
    by_staff,
    care,
    confide,
    consent,
    emergency,
    hall,
    help,  # noqa: A004
    household,
    market,
    my_data,
    person,
    points,
    policy,
    rate,
    redeem,
    report,
    submissions,
    track,
    volunteer,
    wishes,
)
from handlers.kit import Service

SERVICES: tuple[Service, ...] = (
    emergency.SERVICE,
    person.SERVICE,
    track.SERVICE,
    rate.SERVICE,
    confide.SERVICE,
    report.SERVICE,
    policy.SERVICE,
    points.SERVICE,
    redeem.SERVICE,
    household.SERVICE,
    hall.SERVICE,
    my_data.SERVICE,
    volunteer.SERVICE,
    consent.SERVICE,
    submissions.SERVICE,
    market.SERVICE,
    wishes.SERVICE,
    aid.SERVICE,
    care.SERVICE,
    help.SERVICE,
    by_staff.SERVICE,
)
