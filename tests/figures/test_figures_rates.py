"""三率 and the other figures: each equals its list and a slow reference, and the parts add up.

On both databases, which decide what a case counts as.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services import case_search
from services.access import visible_cases
from services.case_figures import (
    GROUPINGS,
    PARTS,
    RATES,
    collect,
    days,
    history,
    listed,
    share,
    split,
    tally,
)
from services.case_measures import NAMES, Measure
from services.case_search import CaseFilter
from services.case_states import State
from services.figure_lists import filter_of
from services.grids import Grids
from services.periods import PeriodKind, containing
from storage.engine import Database
from tests.figures import reference
from tests.figures.world import NOW, Spec, add, clear, found, specs

MARCH = containing(PeriodKind.MONTH, date(2026, 3, 1))
HISTORY = PARTS
SOME = st.lists(specs, max_size=12)
Y = Spec(state=State.REVIEW, outcome="fixed", responded=1, resolved=20)


def fill(session: Session, cases: list[Spec]) -> dict[int, Spec]:
    """Stores the cases of one example beside those of others; the specifications by number."""
    found(session)
    clear(session)
    return {add(session, spec).id: spec for spec in cases}


@settings(max_examples=12)
@given(SOME)
def test_every_figure_equals_a_slow_reference(shared: Database, cases: list[Spec]) -> None:
    """The facts of each case, the sums over them, and the sums of the database agree."""

    def work(session: Session) -> None:
        known = fill(session, cases)
        boss = found(session)["supervisor"]
        mine = visible_cases(boss)
        expected = {
            number: reference.measures(spec, MARCH, NOW)
            for number, spec in known.items()
            if not spec.private or spec.responsible == "supervisor"
        }
        facts = collect(session, mine, MARCH, NOW)
        assert {f.id: f.measures for f in facts} == {n: m for n, m in expected.items() if m}
        counted = Counter(measure for found_ in expected.values() for measure in found_)
        assert tally(facts) == counted
        february = MARCH.before()
        earlier = Counter(
            measure
            for number, spec in known.items()
            if number in expected
            for measure in reference.measures(spec, february, NOW)
        )
        past = history(session, mine, [february, MARCH], NOW)
        for (period, sums), whole in zip(past, (earlier, counted), strict=True):
            assert {m: sums[m] for m in HISTORY} == {m: whole[m] for m in HISTORY}, period

    shared.write_now(work)


@settings(max_examples=6)
@given(SOME, st.sampled_from(["worker", "supervisor", "grid", "partner"]))
def test_every_figure_is_the_length_of_the_list_it_opens(
    shared: Database, cases: list[Spec], login: str
) -> None:
    """Whoever looks, by whatever it is split."""

    def work(session: Session) -> None:
        fill(session, cases)
        staff = found(session)[login]
        facts = collect(session, visible_cases(staff), MARCH, NOW)
        grids = Grids.of(session)
        base = CaseFilter(first=MARCH.first, last=MARCH.last)
        for by in ("", *GROUPINGS):
            parts = split(facts, by) if by else [("", tally(facts))]
            for key, counted in parts:
                for measure, number in counted.items():
                    wanted = filter_of(grids, base, measure, by, key)
                    rows, total = case_search.search(session, staff, wanted, NOW, limit=50)
                    assert total == number == len(listed(facts, measure, by, key)), (by, key)
                    assert sorted(row.id for row in rows) == listed(facts, measure, by, key)

    shared.write_now(work)


@settings(max_examples=40)
@given(specs)
def test_the_parts_of_each_rate_add_up_to_all_cases(spec: Spec) -> None:
    """Counted, left out and unrated: every new case is in exactly one."""
    found_ = reference.measures(spec, MARCH, NOW)
    for rate in RATES:
        parts = [rate.denominator, *rate.excluded, *([rate.unrated] if rate.unrated else [])]
        assert sum(part in found_ for part in parts) == (Measure.RAISED in found_)
        assert rate.numerator not in found_ or rate.denominator in found_


def test_both_databases_agree(database: Database) -> None:
    """The same cases give the same figures on SQLite and PostgreSQL."""
    cases = [
        Y,
        Spec(state=State.ARCHIVED, outcome="explained", responded=5, resolved=130, satisfaction=5),
        Spec(state=State.RESOLVED, outcome="fixed", resolved=3, satisfaction=2, reopened=True),
        Spec(state=State.WORKING, age=200, responded=1),
        Spec(state=State.WAITING, age=200, responded=1, responsible="partner"),
        Spec(state=State.WITHDRAWN, age=1),
        Spec(state=State.SUBMITTED, age=1, place="/st/one/"),
        Spec(state=State.SUBMITTED, age=2000, place="/st/two/g3/"),
    ]

    def work(session: Session) -> None:
        known = fill(session, cases)
        facts = collect(session, visible_cases(found(session)["supervisor"]), MARCH, NOW)
        assert {f.id: set(f.measures) for f in facts} == {
            number: reference.measures(spec, MARCH, NOW) for number, spec in known.items()
        }
        figures = tally(facts)
        past = history(session, visible_cases(found(session)["supervisor"]), [MARCH], NOW)
        assert [{m: figures[m] for m in HISTORY}] == [
            {m: sums[m] for m in HISTORY} for _, sums in past
        ]
        rates = {rate.key: (figures[rate.numerator], figures[rate.denominator]) for rate in RATES}
        assert rates == {
            "response": (3, 5),
            "resolution": (2, 4),
            "satisfaction": (1, 2),
            "in_time": (2, 4),
            "reopening": (1, 3),
        }

    database.write_now(work)


def test_closed_is_not_solved() -> None:
    """An explanation closes a case and keeps it in the denominator."""
    explained = Spec(state=State.ARCHIVED, outcome="explained", resolved=1)
    counted = Counter(reference.measures(explained, MARCH, NOW))
    assert share(counted, RATES[1]) == 0


def test_nothing_to_divide_by_is_no_rate() -> None:
    """Without cases there is no rate, neither 0 nor 100 %."""
    assert [share(Counter(), rate) for rate in RATES] == [None] * len(RATES)


def test_days_without_cases_are_days_too(database: Database) -> None:
    """Every day of the period has its number."""

    def work(session: Session) -> None:
        fill(session, [Y, Y])
        facts = collect(session, visible_cases(found(session)["supervisor"]), MARCH, NOW)
        counted = dict(days(facts, MARCH))
        assert len(counted) == 31
        assert sum(counted.values()) == counted[date(2026, 3, 16)] == 2

    database.write_now(work)


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_has_a_name(measure: Measure) -> None:
    """What a list says it shows."""
    assert NAMES[measure]
