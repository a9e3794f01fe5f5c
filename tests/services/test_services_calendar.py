"""Working time: Chinese workdays, 调休, office hours, quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar import CHINA, OfficeHours, is_workday, say_moment
from services.sla import PROMISES, deadlines, shipped

HOURS = OfficeHours()


def local(text: str) -> datetime:
    """A local moment, `2026-02-14 10:00`, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival (调休)
        (date(2026, 2, 16), False),  # 春节, a Monday
        (date(2026, 3, 4), True),
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 10, 1), False),  # 国庆节
        (date(2031, 3, 3), True),  # not announced yet: a Monday
        (date(2031, 3, 2), False),  # not announced yet: a Sunday
    ],
)
def test_workdays_follow_the_state_council(day: date, works: bool) -> None:
    """Holidays and make-up workdays count as announced; unannounced years go by the week."""
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-04 10:00", 60, "2026-03-04 11:00"),
        ("2026-03-04 17:30", 60, "2026-03-05 09:30"),
        ("2026-03-04 17:00", 60, "2026-03-04 18:00"),  # ends with the day
        ("2026-03-04 07:00", 60, "2026-03-04 10:00"),  # before opening
        ("2026-03-04 22:00", 60, "2026-03-05 10:00"),  # after closing
        ("2026-03-06 17:30", 60, "2026-03-09 09:30"),  # over a weekend
        ("2026-02-14 17:30", 60, "2026-02-24 09:30"),  # over the Spring Festival of 2026
    ],
)
def test_working_minutes_skip_nights_and_holidays(start: str, minutes: int, end: str) -> None:
    """Deadlines fall where people work."""
    assert HOURS.add(local(start), minutes) == local(end)


def _slow_between(start: datetime, end: datetime) -> int:
    """Working minutes counted one by one."""
    count, moment = 0, start
    while moment < end:
        there = moment.astimezone(CHINA)
        if is_workday(there.date()) and HOURS.opens <= there.time() < HOURS.closes:
            count += 1
        moment += timedelta(minutes=1)
    return count


MINUTES = st.integers(0, 60 * 24 * 40).map(
    lambda m: local("2026-01-25 00:00") + timedelta(minutes=m)
)


@given(MINUTES, st.integers(0, 4 * 540))
def test_adding_and_counting_working_minutes_agree(start: datetime, minutes: int) -> None:
    """Between a moment and the deadline lie exactly the minutes of the promise."""
    assert HOURS.between(start, HOURS.add(start, minutes)) == minutes


@given(MINUTES, st.integers(0, 3 * 24 * 60))
def test_counting_equals_a_slow_count(start: datetime, span: int) -> None:
    """The closed form equals a count minute by minute, over holidays and 调休."""
    end = start + timedelta(minutes=span)
    assert HOURS.between(start, end) == _slow_between(start, end)


@pytest.mark.parametrize(
    ("moment", "wake"),
    [
        ("2026-03-04 12:00", "2026-03-04 12:00"),
        ("2026-03-04 21:30", "2026-03-05 07:30"),
        ("2026-03-04 23:59", "2026-03-05 07:30"),
        ("2026-03-04 03:00", "2026-03-04 07:30"),
        ("2026-03-04 07:30", "2026-03-04 07:30"),
    ],
)
def test_quiet_hours_end_in_the_morning(moment: str, wake: str) -> None:
    """Nothing is pushed between half past nine and half past seven."""
    assert HOURS.after_quiet(local(moment)) == local(wake)


def test_quiet_hours_may_lie_within_one_day() -> None:
    """A midday rest is a quiet time too."""
    hours = OfficeHours(quiet_from=time(12), quiet_to=time(14))
    assert hours.after_quiet(local("2026-03-04 13:00")) == local("2026-03-04 14:00")
    assert hours.after_quiet(local("2026-03-04 22:00")) == local("2026-03-04 22:00")


def test_urgent_deadlines_run_by_the_clock() -> None:
    """Danger does not wait for office hours."""
    night = local("2026-03-07 23:00")
    due = deadlines("urgent", night, shipped(HOURS))
    assert due.response == night + timedelta(minutes=30)
    assert due.resolve == night + timedelta(days=1)


@pytest.mark.parametrize("name", sorted(PROMISES))
def test_a_response_is_promised_before_the_resolution(name: str) -> None:
    """The two deadlines of every class are in order."""
    due = deadlines(name, local("2026-03-04 10:00"), shipped(HOURS))
    assert due.response < due.resolve


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-04 18:00", "今天18:00"),
        ("2026-03-05 09:05", "明天9:05"),
        ("2026-03-03 09:00", "昨天9:00"),
        ("2026-03-09 10:30", "3月9日10:30"),
        ("2027-01-04 10:30", "2027年1月4日10:30"),
    ],
)
def test_moments_are_said_as_people_say_them(moment: str, words: str) -> None:
    """Today and tomorrow by name, other days by date."""
    assert say_moment(local(moment), local("2026-03-04 10:00")) == words
