"""The clock of a case as slow as can be: minute by minute, so plain that it is surely right."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from services.calendar import CHINA, is_workday

MINUTE = timedelta(minutes=1)
OPENS, CLOSES = 9 * 60, 18 * 60


@cache
def _is_workday(ordinal: int) -> bool:
    return is_workday(datetime.fromordinal(ordinal).date())


def floor(moment: datetime) -> datetime:
    """The minute that a moment lies in."""
    return moment.replace(second=0, microsecond=0)


def works(moment: datetime) -> bool:
    """Whether the minute that begins at `moment` is one of working time."""
    local = moment.astimezone(CHINA)
    return OPENS <= local.hour * 60 + local.minute < CLOSES and _is_workday(local.toordinal())


def elapsed(start: datetime, end: datetime) -> int:
    """The minutes of working time from `start` to `end`."""
    moment, count = floor(start), 0
    while moment < floor(end):
        count += works(moment)
        moment += MINUTE
    return count


def runs_out(start: datetime, minutes: int) -> datetime:
    """When `minutes` (at least one) of working time since `start` are over."""
    moment, left = floor(start), minutes
    while left:
        left -= works(moment)
        moment += MINUTE
    return moment
