"""The resident services, one module each, and the visible list of them."""

from __future__ import annotations

from handlers import (
    by_staff,
    emergency,
    help,  # noqa: A004
    information,
    my_data,
    person,
    policy,
    report,
    submissions,
    subscribing,
    tip,
    track,
)
from handlers.kit import Service

SERVICES: tuple[Service, ...] = (
    emergency.SERVICE,
    person.SERVICE,
    track.SERVICE,
    tip.SERVICE,
    subscribing.SERVICE,
    report.SERVICE,
    policy.SERVICE,
    information.SERVICE,
    my_data.SERVICE,
    submissions.SERVICE,
    help.SERVICE,
    by_staff.SERVICE,
)
