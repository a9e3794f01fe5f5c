"""The resident services, one module each, and the visible list of them."""

from __future__ import annotations

from handlers import (
    aid,
    care,
    confide,
    consent,
    emergency,
    hall,
    help,  # noqa: A004
    household,
    information,
    market,
    my_data,
    person,
    points,
    policy,
    rate,
    redeem,
    report,
    submissions,
    subscribing,
    tip,
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
    tip.SERVICE,
    subscribing.SERVICE,
    report.SERVICE,
    policy.SERVICE,
    information.SERVICE,
    hall.SERVICE,
    volunteer.SERVICE,
    points.SERVICE,
    redeem.SERVICE,
    household.SERVICE,
    market.SERVICE,
    wishes.SERVICE,
    care.SERVICE,
    aid.SERVICE,
    consent.SERVICE,
    my_data.SERVICE,
    submissions.SERVICE,
    help.SERVICE,
)
