"""Half months, months and quarters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.periods import Period, PeriodKind, containing, last_ended

KINDS = st.sampled_from(list(PeriodKind))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(KINDS, DAYS)
def test_a_day_lies_in_its_period_and_in_no_other(kind: PeriodKind, day: date) -> None:
    """Periods of one kind follow each other without gap or overlap."""
    period = containing(kind, day)
    assert period.first <= day <= period.last
    assert containing(kind, period.first) == containing(kind, period.last) == period
    assert period.before().last + timedelta(days=1) == period.first
    assert period.before().end == period.start


@given(KINDS, DAYS)
def test_what_ended_last_is_over(kind: PeriodKind, today: date) -> None:
    """The period that is reported ended before today, and the next one did not."""
    period = last_ended(kind, today)
    assert period.last < today
    assert containing(kind, period.last + timedelta(days=1)).last >= today


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "name", "code"),
    [
        ("half-month", "2026-03-15", "2026-03-01", "2026-03-15", "2026年3月上半月", "2026-03-a"),
        ("half-month", "2024-02-16", "2024-02-16", "2024-02-29", "2024年2月下半月", "2024-02-b"),
        ("month", "2026-12-31", "2026-12-01", "2026-12-31", "2026年12月", "2026-12"),
        ("quarter", "2026-05-05", "2026-04-01", "2026-06-30", "2026年第二季度", "2026-q2"),
        ("quarter", "2026-12-01", "2026-10-01", "2026-12-31", "2026年第四季度", "2026-q4"),
    ],
)
def test_periods_have_the_days_and_names_that_people_use(
    kind: str, day: str, first: str, last: str, name: str, code: str
) -> None:
    """半月 1–15 and 16 to the end, 月, 季度."""
    period = containing(PeriodKind(kind), date.fromisoformat(day))
    ends = (date.fromisoformat(first), date.fromisoformat(last))
    assert period == Period(PeriodKind(kind), *ends)
    assert (period.name, period.code) == (name, code)
