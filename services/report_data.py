"""What a report holds: frozen facts of cases, their names, the periods before; as plain JSON.

A report leaves the house, so it counts only cases that may be public. How many there were besides
(private, anonymous, confidential) is told as one number in steps of `FEW`: nothing is split by it,
and no difference between two figures or two reports shows fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.case_figures import MEASURES, Facts, Tally
from services.case_measures import Measure
from services.periods import Period, PeriodKind

FEW = 5
"""Counts of what is not public are told in steps of so many."""


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything that the pages and files of one report are drawn from.

    `names` has, for each grouping, what its keys are called. `history` holds the figures of the
    periods before, oldest first, this one last. At least `withheld` cases of the period are not
    public and in no figure; none are left out where the reader sees all (`whole`).
    """

    period: Period
    place: str
    place_name: str
    made_at: datetime
    facts: tuple[Facts, ...]
    names: Mapping[str, Mapping[str, str]]
    history: tuple[tuple[Period, Tally], ...]
    withheld: int = 0
    whole: bool = False

    @property
    def before(self) -> Tally:
        """The figures of the period before."""
        return self.history[-2][1]

    def name(self, by: str, key: str) -> str:
        """What a part is called; its key where nobody knows any more."""
        return self.names.get(by, {}).get(key, key)


def to_json(data: ReportData) -> dict[str, Any]:
    """The data as plain values."""
    return {
        "period": _plain_period(data.period),
        "place": data.place,
        "place_name": data.place_name,
        "made_at": data.made_at.isoformat(),
        "facts": [_plain_facts(each) for each in data.facts],
        "names": {by: dict(names) for by, names in data.names.items()},
        "history": [[_plain_period(p), dict(tally)] for p, tally in data.history],
        "withheld": data.withheld,
    }


def from_json(value: Mapping[str, Any]) -> ReportData:
    """The data again; KeyError or ValueError where the form is another."""
    return ReportData(
        period=_period(value["period"]),
        place=value["place"],
        place_name=value["place_name"],
        made_at=datetime.fromisoformat(value["made_at"]),
        facts=tuple(_facts(each) for each in value["facts"]),
        names=value["names"],
        history=tuple((_period(p), _tally(tally)) for p, tally in value["history"]),
        withheld=value["withheld"],
    )


def _plain_period(period: Period) -> list[str]:
    return [period.kind.value, period.first.isoformat(), period.last.isoformat()]


def _period(value: list[str]) -> Period:
    kind, first, last = value
    return Period(PeriodKind(kind), date.fromisoformat(first), date.fromisoformat(last))


def _plain_facts(facts: Facts) -> list[Any]:
    bits = sum(1 << at for at, measure in enumerate(MEASURES) if measure in facts.measures)
    return [
        *(facts.id, facts.community, facts.grid, facts.category, facts.person),
        *(facts.organisation, facts.day.isoformat(), bits),
    ]


def _facts(value: list[Any]) -> Facts:
    number, community, grid, category, person, organisation, day, bits = value
    measures = frozenset(measure for at, measure in enumerate(MEASURES) if bits >> at & 1)
    came = date.fromisoformat(day)
    return Facts(number, community, grid, category, person, organisation, came, measures)


def _tally(value: Mapping[str, int]) -> Tally:
    return Counter({Measure(measure): count for measure, count in value.items()})
