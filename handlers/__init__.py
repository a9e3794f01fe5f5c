"""The resident services, one module each, and the visible list of them."""

from __future__ import annotations

from handlers import (
    by_staff,
    emergency,
    hall,
    help,  # noqa: A004
    my_data,
    person,
    policy,
    report,
    track,
)
from handlers.kit import Service

SERVICES: tuple[Service, ...] = (
    emergency.SERVICE,
    person.SERVICE,
    track.SERVICE,
    report.SERVICE,
    policy.SERVICE,
    hall.SERVICE,
    my_data.SERVICE,
    help.SERVICE,
    by_staff.SERVICE,
)
