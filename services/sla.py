"""How soon a case must be answered and settled, by the class of its category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.calendar import OfficeHours


@dataclass(frozen=True, slots=True)
class Promise:
    """Minutes to the first response and days to the resolution.

    Working minutes and working days; by the clock, day and night, where `urgent`.
    """

    response_minutes: int
    resolve_days: int
    urgent: bool = False


PROMISES = {
    "urgent": Promise(response_minutes=30, resolve_days=1, urgent=True),
    "normal": Promise(response_minutes=240, resolve_days=5),
    "planned": Promise(response_minutes=540, resolve_days=15),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The two moments (aware UTC) that a case is measured by."""

    response: datetime
    resolve: datetime


def deadlines(sla_class: str, start: datetime, hours: OfficeHours) -> Deadlines:
    """The deadlines of a case of this class that begins at `start`."""
    promise = PROMISES[sla_class]
    if promise.urgent:
        return Deadlines(
            start + timedelta(minutes=promise.response_minutes),
            start + timedelta(days=promise.resolve_days),
        )
    return Deadlines(
        hours.add(start, promise.response_minutes),
        hours.add(start, promise.resolve_days * hours.minutes_a_day),
    )
