"""How soon a case must be answered, told of and settled, by the class of its category."""

from __future__ import annotations

from collections.abc import Mapping
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
"""What a community promises that has set nothing else."""
CLASS_NAMES = {"urgent": "紧急", "normal": "一般", "planned": "计划"}


@dataclass(frozen=True, slots=True)
class Terms:
    """By what the clocks of cases run: office hours with their calendar, and the promises.

    `version` counts what the community has set; 0 is what comes with the program.
    """

    hours: OfficeHours
    promises: Mapping[str, Promise]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The two moments (aware UTC) that a case is measured by."""

    response: datetime
    resolve: datetime


def shipped(hours: OfficeHours) -> Terms:
    """The terms of a community that has set none, whose office works in `hours`."""
    return Terms(hours, PROMISES)


def deadlines(sla_class: str, start: datetime, terms: Terms) -> Deadlines:
    """The deadlines of a case of this class that begins at `start`."""
    promise, hours = terms.promises[sla_class], terms.hours
    if promise.urgent:
        return Deadlines(
            start + timedelta(minutes=promise.response_minutes),
            start + timedelta(days=promise.resolve_days),
        )
    return Deadlines(
        hours.add(start, promise.response_minutes),
        hours.add(start, promise.resolve_days * hours.minutes_a_day),
    )


def later(sla_class: str, start: datetime, minutes: int, terms: Terms) -> datetime:
    """The moment `minutes` after `start` as this class counts them."""
    if terms.promises[sla_class].urgent:
        return start + timedelta(minutes=minutes)
    return terms.hours.add(start, minutes)


def earlier(sla_class: str, end: datetime, minutes: int, terms: Terms) -> datetime:
    """The moment `minutes` before `end` as this class counts them."""
    if terms.promises[sla_class].urgent:
        return end - timedelta(minutes=minutes)
    return terms.hours.before(end, minutes)


def say_promise(promise: Promise) -> str:
    """A promise in words: 4 小时响应，5 个工作日办结."""
    unit = "天" if promise.urgent else "个工作日"
    return f"{say_minutes(promise.response_minutes)}响应，{promise.resolve_days} {unit}办结"


def say_minutes(minutes: int) -> str:
    """A length of time in its plainest unit: 30 分钟, 4 小时, 1 小时 30 分钟."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        [*([f"{hours} 小时"] if hours else []), *([f"{rest} 分钟"] if rest or not hours else [])]
    )


def class_names(terms: Terms) -> dict[str, str]:
    """What the classes are called, each with its promise: 一般：4 小时响应，5 个工作日办结."""
    return {
        name: f"{CLASS_NAMES[name]}：{say_promise(promise)}"
        for name, promise in terms.promises.items()
    }
