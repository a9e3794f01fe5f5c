"""The addresses of the lists behind figures, and how the page of cases reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from urllib.parse import urlencode

from console.forms import day_or_none, number_or_none
from services.case_figures import GROUPINGS
from services.case_measures import Measure
from services.case_search import CaseFilter

CASES = "/console/cases"
KEYS = ("measure", "first", "last", "place", "here", "person", "organisation", "public")
"""What a figure adds to the filter of the list."""
NAMES = tuple(field.name for field in fields(CaseFilter) if field.name != "ids")
OF_REPORT = ("report", "by", "key")
"""What a figure of a kept report adds, besides the measure."""


def address_of(wanted: CaseFilter) -> str:
    """The list with this filter, which is not one of given cases."""
    given = ((name, getattr(wanted, name)) for name in NAMES)
    plain = {
        name: "1" if value is True else value
        for name, value in given
        if value is not None and value is not False and value != ""
    }
    return f"{CASES}?{urlencode(plain)}"


def address_in_report(report: int, measure: Measure, by: str, key: str) -> str:
    """The list behind a figure of a kept report."""
    part = {"by": by, "key": key} if by else {}
    return f"{CASES}?{urlencode({'report': report, 'measure': measure.value, **part})}"


def figure_wanted(query: Mapping[str, str]) -> CaseFilter:
    """The part of the filter that figures set; what makes no sense is left out."""
    measure = query.get("measure", "")
    return CaseFilter(
        measure=measure if measure in set(Measure) else "",
        first=day_or_none(query.get("first")),
        last=day_or_none(query.get("last")),
        place=query.get("place", "")[:255],
        here=query.get("here") == "1",
        person=number_or_none(query.get("person")),
        organisation=number_or_none(query.get("organisation")),
        public=query.get("public") == "1",
    )


def part_wanted(query: Mapping[str, str]) -> tuple[str, str]:
    """The part of a report that is asked for; ("", "") for all of it."""
    by = query.get("by", "")
    return (by, query.get("key", "")[:255]) if by in GROUPINGS else ("", "")
