"""The figures of the issue desk: 三率 and what stands beside them, by place, category and person.

The database says once for each case what it counts as (`services.case_measures`); everything else
is counting these facts. A figure is therefore always the length of its list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true, union
from sqlalchemy.orm import Session

from services.calendar import CHINA
from services.case_measures import Measure, conditions, in_work, of_raised
from services.grids import Grids
from services.periods import Period
from storage.cases import Case
from storage.staff import Staff

MEASURES = tuple(Measure)
FIXED = 7
"""How many values of a row of `collect` stand before what the case counts as."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One case and what it counts as; 0 for nobody responsible, or no organisation.

    `grid` is the path of its grid, that of its community where it lies in none; `day` is the local
    day on which it came in.
    """

    id: int
    community: int
    grid: str
    category: str
    person: int
    organisation: int
    day: date
    measures: frozenset[Measure]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of cases: the measures of its numerator, denominator, and of what is left out."""

    key: str
    name: str
    numerator: Measure
    denominator: Measure
    excluded: tuple[Measure, ...]
    unrated: Measure | None = None


RATES = (
    Rate(
        "response",
        "响应率",
        Measure.RESPONSE_KEPT,
        Measure.RESPONSE_COUNTED,
        (Measure.RESPONSE_WAITING, Measure.RESPONSE_GONE),
    ),
    Rate(
        "resolution",
        "办结率",
        Measure.FIXED,
        Measure.RESOLUTION_COUNTED,
        (Measure.RUNNING, Measure.GONE),
    ),
    Rate(
        "satisfaction",
        "满意率",
        Measure.SATISFIED,
        Measure.RATED,
        (Measure.NOT_CLOSED,),
        Measure.UNRATED,
    ),
    Rate(
        "in_time",
        "按期办结率",
        Measure.IN_TIME,
        Measure.DUE_COUNTED,
        (Measure.RUNNING, Measure.GONE),
    ),
    Rate(
        "reopening",
        "重办率",
        Measure.REOPENED,
        Measure.EVER_CLOSED,
        (Measure.NEVER_CLOSED,),
    ),
)
THREE = RATES[:3]
"""三率."""
PARTS_OF_THREE = (
    Measure.RAISED,
    *(part for rate in THREE for part in (rate.numerator, rate.denominator)),
)
"""New cases and what 三率 are made of."""
PARTS = (
    *PARTS_OF_THREE,
    *(part for rate in RATES[3:] for part in (rate.numerator, rate.denominator)),
    Measure.UNRATED,
)
"""New cases and what all the rates are made of."""
WITH_EXCLUDED = (*PARTS, *(part for rate in RATES for part in rate.excluded))
"""The same with what each rate leaves out."""

GROUPINGS: dict[str, tuple[str, Callable[[Facts], str]]] = {
    "community": ("社区", lambda facts: str(facts.community)),
    "grid": ("网格", lambda facts: facts.grid),
    "category": ("类别", lambda facts: facts.category),
    "person": ("负责人", lambda facts: str(facts.person)),
    "organisation": ("单位", lambda facts: str(facts.organisation)),
    "day": ("日期", lambda facts: facts.day.isoformat()),
}
"""What figures are split by: the name, and the key of a case."""


Tally = Counter[Measure]


def share(tally: Tally, rate: Rate) -> float | None:
    """The rate as 0 to 1; None where there is nothing to divide by."""
    whole = tally[rate.denominator]
    return tally[rate.numerator] / whole if whole else None


def tally(facts: Iterable[Facts]) -> Tally:
    """How many cases count as what."""
    return _sum(Counter(each.measures for each in facts))


def _sum(alike: Mapping[frozenset[Measure], int]) -> Tally:
    """The figures of cases of which so many count as the same; few combinations occur."""
    found: Tally = Counter()
    for measures, count in alike.items():
        for measure in measures:
            found[measure] += count
    return found


def split(facts: Sequence[Facts], by: str) -> list[tuple[str, Tally]]:
    """The figures of each part, the most new cases first; parts of old open cases only come last.

    KeyError where `by` is not one of GROUPINGS.
    """
    _, key_of = GROUPINGS[by]
    alike: dict[str, Counter[frozenset[Measure]]] = defaultdict(Counter)
    for each in facts:
        alike[key_of(each)][each.measures] += 1
    parts = [(key, _sum(counts)) for key, counts in alike.items()]
    return sorted(parts, key=lambda part: (-part[1][Measure.RAISED], part[0]))


def listed(facts: Iterable[Facts], measure: Measure, by: str = "", key: str = "") -> list[int]:
    """The numbers (ids) of the cases that a figure counts."""
    key_of = GROUPINGS[by][1] if by else (lambda _facts: key)
    return [each.id for each in facts if measure in each.measures and key_of(each) == key]


def days(facts: Iterable[Facts], period: Period) -> list[tuple[date, int]]:
    """New cases on each day of the period, days without any too."""
    found = Counter(each.day for each in facts if Measure.RAISED in each.measures)
    first = period.first.toordinal()
    return [
        (day, found[day])
        for day in map(date.fromordinal, range(first, period.last.toordinal() + 1))
    ]


def collect(
    session: Session, scope: ColumnElement[bool], period: Period, now: datetime
) -> list[Facts]:
    """The facts, as of `now`, of the cases in `scope` that were raised or settled in the period, or
    are still in work.
    """
    wanted = conditions(period.start, period.end, now)
    one_way_each = (wanted[Measure.RAISED], wanted[Measure.SETTLED], in_work())
    query = (
        select(
            Case.id,
            Case.community_id,
            Case.place_path,
            Case.category,
            Case.responsible_id,
            Staff.organisation_id,
            Case.created_at,
            *(condition.label(measure) for measure, condition in wanted.items()),
        )
        .outerjoin(Staff, Staff.id == Case.responsible_id)
        .where(scope, Case.id.in_(union(*(select(Case.id).where(way) for way in one_way_each))))
        .order_by(Case.id)
    )
    rows = [tuple(row) for row in session.execute(query)]
    grids = Grids.of(session)
    known = {path: grids.find(path) for path in {row[2] for row in rows}}
    sets = {row[FIXED:]: _measures(row[FIXED:], tuple(wanted)) for row in rows}
    return [_facts(row, sets[row[FIXED:]], known) for row in rows]


def history(
    session: Session,
    scope: ColumnElement[bool],
    periods: Sequence[Period],
    now: datetime,
    parts: Sequence[Measure] = PARTS,
) -> list[tuple[Period, Tally]]:
    """The figures `parts` of periods one after the other, as of `now`, counted in one pass."""
    if not periods:
        return []
    first, last = periods[0], periods[-1]
    raised = conditions(first.start, last.end, now)[Measure.RAISED]
    counts = {Measure.RAISED: true(), **of_raised(now)}
    at = case(
        *((Case.created_at >= each.start, n) for n, each in reversed([*enumerate(periods)]))
    ).label("at")
    query = (
        select(at, *(func.count().filter(counts[part]) for part in parts))
        .select_from(Case)
        .where(scope, raised)
        .group_by(at)
    )
    found = {row[0]: row[1:] for row in session.execute(query)}
    return [
        (period, Counter(dict(zip(parts, found.get(number, ()), strict=False))))
        for number, period in enumerate(periods)
    ]


def _measures(counted: Sequence[Any], measures: Sequence[Measure]) -> frozenset[Measure]:
    return frozenset(one for one, counts in zip(measures, counted, strict=True) if counts)


def _facts(row: tuple[Any, ...], measures: frozenset[Measure], grids: Mapping[str, str]) -> Facts:
    number, community, path, category, person, organisation, came = row[:FIXED]
    return Facts(
        id=number,
        community=community,
        grid=grids[path],
        category=category,
        person=person or 0,
        organisation=organisation or 0,
        day=came.astimezone(CHINA).date(),
        measures=measures,
    )
