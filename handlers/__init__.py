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
    points.SERVICE,
    redeem.SERVICE,
    household.SERVICE,
    tip.SERVICE,
    subscribing.SERVICE,
    report.SERVICE,
    policy.SERVICE,
    information.SERVICE,
    my_data.SERVICE,
    volunteer.SERVICE,
    consent.SERVICE,
    submissions.SERVICE,
    market.SERVICE,
    wishes.SERVICE,
    aid.SERVICE,
    care.SERVICE,
    hall.SERVICE,
    help.SERVICE,
)
