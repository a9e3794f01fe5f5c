"""When things happen in the demo's life: residents by day and evening, staff in working hours.

A story is laid out forward from a day in the past, or backward so that it ends just before the
present. Neither way reaches beyond it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zlib import crc32

from demo.life.script import Rhythm, Step, Story
from services.calendar import CHINA, OfficeHours, is_workday

BED, RISE = time(22, 40), time(7, 5)
EVENING = time(21, 20)
PAUSE = 30
"""Minutes from which on somebody may have gone to bed meanwhile; a quicker answer is given now."""


class Timetable:
    """Lays out stories against the present moment `now` (aware) and the hours of the office."""

    def __init__(self, hours: OfficeHours, now: datetime) -> None:
        self._hours, self._now = hours, now

    def moments(self, story: Story) -> list[datetime]:
        """When each step of a story begins; a step beyond the present, and all after it, is left
        out.
        """
        return self._backward(story) if story.begins is None else self._forward(story)

    def _forward(self, story: Story) -> list[datetime]:
        days, at = story.begins or (0, time())
        day = self._now.astimezone(CHINA).date() + timedelta(days=days)
        moment = datetime.combine(day, at, CHINA).astimezone(UTC) + _seconds(story, 0)
        found: list[datetime] = []
        for number, step in enumerate(story.steps):
            if number:
                moment = self._later(step, moment, _seconds(story, number))
            if moment >= self._now:
                break
            found.append(moment)
        return found

    def _backward(self, story: Story) -> list[datetime]:
        moment = self._earlier(story.steps[-1].rhythm, self._now, story.ends)
        found = [moment]
        for number in range(len(story.steps) - 1, 0, -1):
            later, step = story.steps[number], story.steps[number - 1]
            start = self._earlier(later.rhythm, moment, later.after)
            moment = self._earlier(step.rhythm, start, 0) - _seconds(story, number) / 4
            found.append(moment)
        return found[::-1]

    def _later(self, step: Step, moment: datetime, jitter: timedelta) -> datetime:
        if step.rhythm is Rhythm.OFFICE:
            due = self._hours.add(moment, max(step.after, 1))
            return due + jitter if self._hours.is_open(due + jitter) else due
        due = moment + timedelta(minutes=step.after) + jitter
        return _awake(due) if step.rhythm is Rhythm.AWAKE and step.after >= PAUSE else due

    def _earlier(self, rhythm: Rhythm, moment: datetime, minutes: int) -> datetime:
        if rhythm is Rhythm.OFFICE:
            return self._office_before(moment, minutes)
        due = moment - timedelta(minutes=minutes)
        return _still_awake(due) if rhythm is Rhythm.AWAKE else due

    def _office_before(self, moment: datetime, minutes: int) -> datetime:
        """The last open moment such that `minutes` of working time lie between it and `moment`."""
        if minutes == 0 and self._hours.is_open(moment):
            return moment
        local, left = moment.astimezone(CHINA), max(minutes, 1)
        day, end = local.date(), local.time()
        while True:
            opens = datetime.combine(day, self._hours.opens, CHINA)
            closes = datetime.combine(day, min(max(end, self._hours.opens), self._hours.closes))
            span = int((closes.replace(tzinfo=CHINA) - opens).total_seconds() // 60)
            if is_workday(day) and span >= left:
                return (opens + timedelta(minutes=span - left)).astimezone(UTC)
            left -= span if is_workday(day) else 0
            day, end = day - timedelta(days=1), self._hours.closes


def _awake(moment: datetime) -> datetime:
    """`moment`, or the next morning where people are asleep."""
    local = moment.astimezone(CHINA)
    if RISE <= local.time() < BED:
        return moment
    day = local.date() if local.time() < RISE else local.date() + timedelta(days=1)
    minutes = timedelta(minutes=local.minute)
    return (datetime.combine(day, RISE, CHINA) + minutes).astimezone(UTC)


def _still_awake(moment: datetime) -> datetime:
    """`moment`, or the evening before where people are asleep."""
    local = moment.astimezone(CHINA)
    if RISE <= local.time() < BED:
        return moment
    day = local.date() if local.time() >= BED else local.date() - timedelta(days=1)
    minutes = timedelta(minutes=local.minute)
    return (datetime.combine(day, EVENING, CHINA) + minutes).astimezone(UTC)


def _seconds(story: Story, number: int) -> timedelta:
    """Up to a minute, the same for the same step each time."""
    return timedelta(seconds=spread(f"{story.name}:{number}", 59))


def spread(name: str, most: int) -> int:
    """A number from 0 to `most`, the same for the same name each time."""
    return crc32(name.encode()) % (most + 1)


def workday_after(moment: datetime, days: int) -> str:
    """The date `days` workdays after a moment, as one writes it: 3月5日."""
    day = moment.astimezone(CHINA).date()
    while days:
        day += timedelta(days=1)
        days -= is_workday(day)
    return f"{day.month}月{day.day}日"
