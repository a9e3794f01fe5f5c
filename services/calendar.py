"""Working time: Chinese workdays with holidays and 调休, and the hours of the office.

Source of the days: the yearly notices of the State Council (国务院办公厅节假日安排), as kept by
the `chinesecalendar` package; for years not yet announced, Monday to Friday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

CHINA = ZoneInfo("Asia/Shanghai")
"""The one civil time of the whole country."""


def is_workday(day: date) -> bool:
    """Whether people work on that day in China."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the year's holidays are not announced yet
        return day.weekday() < 5


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office works, and when nothing is pushed to a resident; local times.

    `worked` and `closed` are days on which this office does not do as the country does.
    """

    opens: time = time(9)
    closes: time = time(18)
    quiet_from: time = time(21, 30)
    quiet_to: time = time(7, 30)
    worked: frozenset[date] = frozenset()
    closed: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether the office works on that day: as the country does, but for its own days."""
        if day in self.worked or day in self.closed:
            return day in self.worked
        return is_workday(day)

    @property
    def minutes_a_day(self) -> int:
        return _minutes(self.closes) - _minutes(self.opens)

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is at the desk at `moment` (aware)."""
        local = moment.astimezone(CHINA)
        return self.is_workday(local.date()) and self.opens <= local.time() < self.closes

    def add(self, start: datetime, minutes: int) -> datetime:
        """The moment (aware UTC) at which `minutes` of working time since `start` are over.

        A span that ends exactly at closing time ends on that day, not on the next morning.
        """
        local = start.astimezone(CHINA)
        day, left = local.date(), minutes
        worked = self._clamp(local.time())
        while True:
            if self.is_workday(day):
                if worked + left <= self.minutes_a_day:
                    return _at(day, _minutes(self.opens) + worked + left)
                left -= self.minutes_a_day - worked
            day, worked = day + timedelta(days=1), 0

    def before(self, end: datetime, minutes: int) -> datetime:
        """The latest moment (aware UTC) from which `minutes` of working time are left until `end`.

        A span that begins at opening time begins on that morning, not on the evening before.
        """
        local = end.astimezone(CHINA)
        day, left = local.date(), minutes
        worked = self._clamp(local.time())
        while True:
            if self.is_workday(day):
                if worked >= left:
                    return _at(day, _minutes(self.opens) + worked - left)
                left -= worked
            day, worked = day - timedelta(days=1), self.minutes_a_day

    def between(self, start: datetime, end: datetime) -> int:
        """Whole minutes of working time from `start` to `end`; 0 where `end` is not later."""
        first, last = start.astimezone(CHINA), end.astimezone(CHINA)
        total = -self._clamp(first.time()) if self.is_workday(first.date()) else 0
        day = first.date()
        while day < last.date():
            total += self.minutes_a_day if self.is_workday(day) else 0
            day += timedelta(days=1)
        total += self._clamp(last.time()) if self.is_workday(day) else 0
        return max(total, 0)

    def after_quiet(self, moment: datetime) -> datetime:
        """`moment` itself, or the end of the quiet hours that it falls into."""
        local = moment.astimezone(CHINA)
        minute, start, end = (_minutes(t) for t in (local.time(), self.quiet_from, self.quiet_to))
        quiet = start <= minute or minute < end if start > end else start <= minute < end
        if not quiet:
            return moment
        day = local.date() if minute < end else local.date() + timedelta(days=1)
        return _at(day, end)

    def _clamp(self, moment: time) -> int:
        """Minutes worked on a workday by that time of day."""
        return min(max(_minutes(moment) - _minutes(self.opens), 0), self.minutes_a_day)


USUAL = OfficeHours()
"""The hours of an office for which nobody set any."""


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), CHINA).astimezone(UTC)


def say_moment(moment: datetime, now: datetime) -> str:
    """A moment as one says it: 今天18:00, 明天9:00, 3月5日18:00."""
    local, today = moment.astimezone(CHINA), now.astimezone(CHINA).date()
    days = (local.date() - today).days
    name = {-1: "昨天", 0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    if local.year != today.year and abs(days) > 1:
        name = f"{local.year}年{name}"
    return f"{name}{local.hour}:{local.minute:02d}"
