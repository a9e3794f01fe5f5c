"""The clock of a case as slow as can be: minute by minute, so plain that it is surely right."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from services.calendar import CHINA, USUAL, OfficeHours, is_workday

MINUTE = timedelta(minutes=1)


@cache
def _is_workday(ordinal: int) -> bool:
    return is_workday(datetime.fromordinal(ordinal).date())


def floor(moment: datetime) -> datetime:
    """The minute that a moment lies in."""
    return moment.replace(second=0, microsecond=0)


def works(moment: datetime, hours: OfficeHours = USUAL) -> bool:
    """Whether the minute that begins at `moment` is one of working time."""
    local = moment.astimezone(CHINA)
    if local.date() in hours.closed:
        return False
    if local.date() not in hours.worked and not _is_workday(local.toordinal()):
        return False
    return hours.opens <= local.time() < hours.closes


def elapsed(start: datetime, end: datetime, hours: OfficeHours = USUAL) -> int:
    """The minutes of working time from `start` to `end`."""
    moment, count = floor(start), 0
    while moment < floor(end):
        count += works(moment, hours)
        moment += MINUTE
    return count


def runs_out(start: datetime, minutes: int, hours: OfficeHours = USUAL) -> datetime:
    """When `minutes` (at least one) of working time since `start` are over."""
    moment, left = floor(start), minutes
    while left:
        left -= works(moment, hours)
        moment += MINUTE
    return moment
