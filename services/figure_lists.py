"""The list behind a figure: the filter with which the page of cases shows what it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

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
    return replace(base, measure=measure.value, **_part(grids, base, by, key))


def _part(grids: Grids, base: CaseFilter, by: str, key: str) -> dict[str, Any]:
    if by == "community":
        return {"place": _closer(base.place, grids.communities.get(key, ""))}
    if by == "grid":
        return {"place": _closer(base.place, key), "here": key not in grids.paths}
    if by in ("person", "organisation"):
        return {by: int(key)}
    if by == "category":
        return {"category": key}
    return {"day": date.fromisoformat(key)} if by == "day" else {}


def _closer(one: str, other: str) -> str:
    return max(one, other, key=len)


def filter_of_report(data: ReportData, measure: Measure, by: str = "", key: str = "") -> CaseFilter:
    """Exactly the cases that a kept report counted, wherever they stand by now."""
    return CaseFilter(ids=tuple(listed(data.facts, measure, by, key)))
