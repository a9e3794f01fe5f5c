"""How soon a case must be answered, told of and settled, by the class of its category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.calendar import OfficeHours


@dataclass(frozen=True, slots=True)
class Promise:
    """Minutes to the first response, and from one word to the resident to the next; days to the
    resolution.

    Working minutes and working days; by the clock, day and night, where `urgent`.
    """

    response_minutes: int
    update_minutes: int
    resolve_days: int
    urgent: bool = False


PROMISES = {
    "urgent": Promise(response_minutes=30, update_minutes=240, resolve_days=1, urgent=True),
    "normal": Promise(response_minutes=240, update_minutes=2 * 540, resolve_days=5),
    "planned": Promise(response_minutes=540, update_minutes=5 * 540, resolve_days=15),
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


def later(sla_class: str, start: datetime, minutes: int, hours: OfficeHours) -> datetime:
    """The moment `minutes` after `start` as this class counts them."""
    if PROMISES[sla_class].urgent:
        return start + timedelta(minutes=minutes)
    return hours.add(start, minutes)


def earlier(sla_class: str, end: datetime, minutes: int, hours: OfficeHours) -> datetime:
    """The moment `minutes` before `end` as this class counts them."""
    if PROMISES[sla_class].urgent:
        return end - timedelta(minutes=minutes)
    return hours.before(end, minutes)
