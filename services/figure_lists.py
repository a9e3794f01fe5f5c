"""The list behind a figure: the filter with which the page of cases shows what it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.case_figures import listed
from services.case_measures import Measure
from services.case_search import CaseFilter
from services.grids import Grids
from services.report_data import ReportData


def filter_of(
    grids: Grids, base: CaseFilter, measure: Measure, by: str = "", key: str = ""
) -> CaseFilter:
    """The cases that count as `measure` in the days and place of `base`, of one part where given.

    `by` and `key` as in `case_figures.split`.
    """
    wanted = replace(base, measure=measure.value)
    if by == "community":
        return replace(wanted, place=_closer(base.place, grids.communities.get(key, "")))
    if by == "grid":
        return replace(wanted, place=_closer(base.place, key), here=key not in grids.paths)
    if by == "category":
        return replace(wanted, category=key)
    if by == "person":
        return replace(wanted, person=int(key))
    if by == "organisation":
        return replace(wanted, organisation=int(key))
    return replace(wanted, day=date.fromisoformat(key)) if by == "day" else wanted


def _closer(one: str, other: str) -> str:
    return max(one, other, key=len)


def filter_of_report(data: ReportData, measure: Measure, by: str = "", key: str = "") -> CaseFilter:
    """Exactly the cases that a kept report counted, wherever they stand by now."""
    return CaseFilter(ids=tuple(listed(data.facts, measure, by, key)))
