"""The clock of a case against one that counts minute by minute, over holidays and 调休."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services import case_clock
from services.calendar import CHINA, OfficeHours
from services.case_states import State
from services.sla import PROMISES, deadlines, shipped
from storage.cases import Case
from tests.services import slow_clock

HOURS = OfficeHours()
TERMS = shipped(HOURS)
DAY = HOURS.minutes_a_day
# from the days before the Spring Festival of 2026 (off 15 to 23 February, 14 and 28 worked) to
# those after the National Day of 2025 (off 1 to 8 October, 28 September and 11 October worked)
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 2, 9), datetime(2026, 3, 2)),  # noqa: DTZ001 - made aware below
    st.datetimes(datetime(2025, 9, 25), datetime(2025, 10, 14)),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=CHINA).astimezone(UTC))
SPANS = st.integers(0, 3 * 1440).map(lambda minutes: timedelta(minutes=minutes, seconds=17))


def new_case(start: datetime, sla: str = "normal") -> Case:
    """A case that begins at `start`, as far as its clock goes."""
    due = deadlines(sla, start, TERMS)
    return Case(
        sla=sla,
        state=State.WORKING.value,
        response_due=due.response,
        resolve_due=due.resolve,
        escalation=0,
    )


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.lists(SPANS, max_size=6))
def test_the_clock_equals_the_slow_one_whatever_the_pauses(
    start: datetime, spans: list[timedelta]
) -> None:
    """After any pauses and goes the deadline is where counting each minute puts it; one that was
    missed stays missed."""
    case, now = new_case(start), start
    left, paused = PROMISES["normal"].resolve_days * DAY, False
    for span in spans:
        if not paused:
            left -= slow_clock.elapsed(now, now + span)
        now += span
        if paused:
            case_clock.resume(case, now, TERMS)
        else:
            case_clock.pause(case, now)
        paused = not paused
    if paused:
        case_clock.resume(case, now, TERMS)
    if left > 0:
        assert case.resolve_due == slow_clock.runs_out(now, left)
    else:
        assert case.resolve_due <= now


@settings(max_examples=80, deadline=None)
@given(MOMENTS, st.integers(1, 4 * DAY))
def test_counting_back_is_counting_on_turned_round(end: datetime, minutes: int) -> None:
    """`before` is the latest moment from which so many minutes are left."""
    start = HOURS.before(end, minutes)
    assert slow_clock.elapsed(start, end) == minutes
    assert slow_clock.elapsed(start + slow_clock.MINUTE, end) == minutes - 1


@pytest.mark.parametrize("sla", list(PROMISES))
@settings(max_examples=25, deadline=None)
@given(MOMENTS, st.booleans())
def test_the_rungs_come_in_order_and_never_at_night(
    sla: str, start: datetime, responded: bool
) -> None:
    """Before the deadline, at it, after it; what would climb at night waits for the morning."""
    case = new_case(start, sla)
    case.responded_at = start if responded else None
    first, second, third = case_clock.rungs(case, TERMS)
    assert first <= second <= third
    assert second == (case.resolve_due if responded else case.response_due)
    for level in range(case_clock.TOP):
        case.escalation = level
        case_clock.set_alarm(case, TERMS)
        assert case.escalate_at is not None
        assert HOURS.after_quiet(case.escalate_at) == case.escalate_at
    case.escalation = case_clock.TOP
    case_clock.set_alarm(case, TERMS)
    assert case.escalate_at is None


def test_an_urgent_clock_does_not_know_office_hours() -> None:
    """What was left is left again, by the clock on the wall."""
    start = datetime(2026, 2, 16, 12, tzinfo=UTC)
    case = new_case(start, "urgent")
    case_clock.pause(case, start + timedelta(hours=2))
    case_clock.resume(case, start + timedelta(hours=12), TERMS)
    assert case.resolve_due == start + timedelta(hours=24 + 10)


def test_what_was_missed_before_a_pause_stays_missed() -> None:
    """Waiting for the resident does not heal a deadline that was broken before."""
    start = datetime(2026, 3, 4, 2, tzinfo=UTC)
    case = new_case(start)
    due = case.resolve_due
    case_clock.pause(case, due + timedelta(days=1))
    case_clock.resume(case, due + timedelta(days=5), TERMS)
    assert case.resolve_due == due


def test_the_next_word_is_due_before_the_resolution() -> None:
    """Two working days after the staff were heard, in a plan ten; never later than the end."""
    start = datetime(2026, 3, 4, 2, tzinfo=UTC)
    case = new_case(start)
    assert case_clock.next_due(case) == case.response_due
    case_clock.told(case, start, TERMS)
    assert case_clock.next_due(case) == HOURS.add(start, 2 * DAY)
    late = HOURS.before(case.resolve_due, DAY)
    case_clock.told(case, late, TERMS)
    assert case_clock.next_due(case) == case.resolve_due
    case.state = State.PLANNED.value
    case_clock.pause(case, late)
    case_clock.told(case, late, TERMS)
    assert case_clock.next_due(case) == HOURS.add(late, 10 * DAY)
