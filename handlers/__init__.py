"""The resident services, one module each, and the visible list of them."""

from __future__ import annotations

from handlers import (
    aid,
    by_staff,
    care,
    emergency,
    help,  # noqa: A004
    market,
    my_data,
    person,
    policy,
    report,
    submissions,
    track,
    wishes,
)
from handlers.kit import Service

SERVICES: tuple[Service, ...] = (
    emergency.SERVICE,
    person.SERVICE,
    track.SERVICE,
    report.SERVICE,
    policy.SERVICE,
    my_data.SERVICE,
    submissions.SERVICE,
    market.SERVICE,
    wishes.SERVICE,
    aid.SERVICE,
    care.SERVICE,
    help.SERVICE,
    by_staff.SERVICE,
)
