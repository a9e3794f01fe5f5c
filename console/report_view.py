"""A report as pages and files show it: rates, charts and tables, each figure with its list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from console import charts
from services.case_figures import RATES, THREE, Rate, Tally, days, share, split, tally
from services.case_measures import AGES, NAMES, Measure
from services.report_data import ReportData
from services.reports import percent, title_of

Link: TypeAlias = Callable[[Measure, str, str], str]
"""The address of the list behind a figure of a part; empty where there is none to open."""

PARTS = (Measure.FIXED, Measure.CLOSED_OTHERWISE, Measure.UNSETTLED, Measure.RUNNING)
SPLITS = (
    ("community", "各社区比较"),
    ("grid", "按网格"),
    ("category", "按类别"),
    ("person", "按负责人"),
    ("organisation", "按承办单位"),
)
COUNTED = (Measure.LATE, Measure.REOPENED, Measure.UNRATED)


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, what it counts, and the list of it."""

    name: str
    value: int
    href: str


@dataclass(frozen=True, slots=True)
class Card:
    """A rate with all that makes it up; `change` in percentage points since the period before."""

    name: str
    value: str
    change: str
    numerator: Number
    denominator: Number
    excluded: tuple[Number, ...]
    unrated: Number | None


@dataclass(frozen=True, slots=True)
class Share:
    """A rate inside a table."""

    value: str
    numerator: Number
    denominator: Number


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: the part, its new cases, its three rates, and other counts."""

    name: str
    raised: Number
    shares: tuple[Share, ...]
    counts: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The figures split one way."""

    by: str
    title: str
    head: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that a template or a workbook needs."""

    data: ReportData
    title: str
    strip: tuple[Number, ...]
    raised_before: int
    cards: tuple[Card, ...]
    days: charts.Chart
    rates: charts.Lines
    outcome: charts.Stacked
    ages: charts.Chart
    tables: tuple[Table, ...]

    @property
    def shares(self) -> tuple[Rate, ...]:
        """The rates that have a column in the tables."""
        return THREE

    @property
    def counts(self) -> tuple[str, ...]:
        """The names of the other columns."""
        return tuple(NAMES[measure] for measure in COUNTED)


def view_of_report(data: ReportData, link: Link) -> ReportView:
    """The view of a report whose figures open the lists that `link` names."""
    now = tally(data.facts)
    tables = [_table(data, by, title, link) for by, title in SPLITS]
    return ReportView(
        data=data,
        title=title_of(data),
        strip=_strip(now, link),
        raised_before=data.before[Measure.RAISED],
        cards=cards_of(RATES, now, data.before, link),
        days=_days(data, link),
        rates=_lines(data),
        outcome=_outcome(data, link),
        ages=charts.rows([(NAMES[age], now[age], link(age, "", "")) for age in AGES]),
        tables=tuple(table for table in tables if table.lines and not _idle(table)),
    )


def _idle(table: Table) -> bool:
    """Whether a table would compare nothing: one community, or nobody but ourselves."""
    return table.by in ("community", "organisation") and len(table.lines) < 2


def _strip(now: Tally, link: Link) -> tuple[Number, ...]:
    shown = (Measure.RAISED, Measure.SETTLED, Measure.UNSETTLED, Measure.REOPENED)
    return tuple(_number(now, measure, link) for measure in shown)


def _number(counted: Tally, measure: Measure, link: Link, by: str = "", key: str = "") -> Number:
    value = counted[measure]
    return Number(NAMES[measure], value, link(measure, by, key) if value else "")


def cards_of(rates: Sequence[Rate], now: Tally, before: Tally, link: Link) -> tuple[Card, ...]:
    """A card for each of the rates."""
    return tuple(_card(rate, now, before, link) for rate in rates)


def _card(rate: Rate, now: Tally, before: Tally, link: Link) -> Card:
    return Card(
        name=rate.name,
        value=percent(now, rate),
        change=_change(share(now, rate), share(before, rate)),
        numerator=_number(now, rate.numerator, link),
        denominator=_number(now, rate.denominator, link),
        excluded=tuple(_number(now, measure, link) for measure in rate.excluded),
        unrated=_number(now, rate.unrated, link) if rate.unrated else None,
    )


def _change(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return "上期没有可比的数"
    points = round((now - before) * 100, 1)
    if points == 0:
        return "与上期持平"
    return f"比上期{'升' if points > 0 else '降'} {abs(points):.1f} 个百分点"


def _days(data: ReportData, link: Link) -> charts.Chart:
    return charts.columns(
        [
            (
                f"{day.month}月{day.day}日",
                number,
                link(Measure.RAISED, "day", day.isoformat()) if number else "",
            )
            for day, number in days(data.facts, data.period)
        ]
    )


def _lines(data: ReportData) -> charts.Lines:
    tallies = [counted for _, counted in data.history]
    names = [period.name for period, _ in data.history]
    short = [period.name.removeprefix(f"{period.first.year}年") for period, _ in data.history]
    return charts.lines(
        short if len(set(short)) == len(short) else names,
        [(rate.name, [share(counted, rate) for counted in tallies]) for rate in THREE],
    )


def _outcome(data: ReportData, link: Link) -> charts.Stacked:
    by = "community" if len({facts.community for facts in data.facts}) > 1 else "grid"
    rows = [
        (data.name(by, key), [(counted[part], link(part, by, key)) for part in PARTS])
        for key, counted in split(data.facts, by)
        if any(counted[part] for part in PARTS)
    ]
    return charts.stacked(rows, [NAMES[part] for part in PARTS])


def _table(data: ReportData, by: str, title: str, link: Link) -> Table:
    lines = tuple(_line(data, by, key, counted, link) for key, counted in split(data.facts, by))
    return Table(by, title, title.removeprefix("按").removesuffix("比较").removeprefix("各"), lines)


def _line(data: ReportData, by: str, key: str, counted: Tally, link: Link) -> Line:
    def number(measure: Measure) -> Number:
        return _number(counted, measure, link, by, key)

    shares = [
        Share(percent(counted, rate), number(rate.numerator), number(rate.denominator))
        for rate in THREE
    ]
    counts = [number(measure) for measure in COUNTED]
    return Line(data.name(by, key), number(Measure.RAISED), tuple(shares), tuple(counts))


def no_link(_measure: Measure, _by: str, _key: str) -> str:
    """For a file that nobody opens beside the console."""
    return ""


def rows_of(table: Table, view: ReportView) -> list[list[object]]:
    """A table as plain rows, the head first; rates as numbers from 0 to 1, None for none."""
    head: list[object] = [table.head, "新增"]
    for rate in view.shares:
        head += [rate.name, f"{rate.name}分子", f"{rate.name}分母"]
    rows: list[list[object]] = [[*head, *view.counts]]
    for line in table.lines:
        rates = [value for one in line.shares for value in _plain(one)]
        rows.append([line.name, line.raised.value, *rates, *_values(line.counts)])
    return rows


def _plain(one: Share) -> list[object]:
    over, under = one.numerator.value, one.denominator.value
    return [over / under if under else None, over, under]


def _values(numbers: Sequence[Number]) -> list[object]:
    return [number.value for number in numbers]
