"""Drawing up a report: the figures of a place and a period with the names of their parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from services import staff as people
from services.access import visible_cases
from services.case_figures import PARTS, PARTS_OF_THREE, Facts, Tally, collect, history, tally
from services.case_measures import sensitive
from services.categories import Catalogues
from services.periods import Period
from services.place_names import names_of
from services.report_data import FEW, ReportData
from storage.cases import Case
from storage.communities import Community, Place
from storage.organisations import Organisation
from storage.staff import Staff

PERIODS_SHOWN = 6
"""How many periods the line of the rates has, this one included."""
LAST_CHARACTER = "\U0010ffff"


def within(path: str) -> ColumnElement[bool]:
    """The condition that a case lies at a place or below it."""
    return Case.place_path.between(path, path + LAST_CHARACTER)


def category_names(session: Session, place: Place) -> Callable[[str], str]:
    """What categories are called at a place: as its community says; the shipped words above."""
    catalogues = Catalogues()
    if place.community_id is None:
        return catalogues.shipped.name
    return catalogues(session, place.community_id).name


def draw_up(
    session: Session,
    place: Place,
    period: Period,
    category_name: Callable[[str], str],
    now: datetime,
) -> ReportData:
    """The report that may leave the house: what is not public is in none of its figures."""
    scope = and_(within(place.path), ~sensitive())
    withheld = session.scalar(
        select(func.count()).where(
            within(place.path),
            sensitive(),
            Case.created_at >= period.start,
            Case.created_at < period.end,
        )
    )
    data = _gather(session, scope, place, period, category_name, now)
    return replace(data, withheld=(withheld or 0) // FEW * FEW)


def look(
    session: Session,
    staff: Staff,
    place: Place,
    period: Period,
    category_name: Callable[[str], str],
    now: datetime,
) -> ReportData:
    """The same figures as they stand now, over all cases that `staff` may see; kept nowhere."""
    scope = and_(visible_cases(staff), within(place.path))
    return replace(_gather(session, scope, place, period, category_name, now), whole=True)


def _gather(
    session: Session,
    scope: ColumnElement[bool],
    place: Place,
    period: Period,
    category_name: Callable[[str], str],
    now: datetime,
) -> ReportData:
    facts = collect(session, scope, period, now)
    return ReportData(
        period=period,
        place=place.path,
        place_name=place.name,
        made_at=now,
        facts=tuple(facts),
        names=_names(session, facts, category_name),
        history=(*_history(session, scope, period, now), (period, _of(facts))),
    )


def _of(facts: Sequence[Facts]) -> Tally:
    """What all the rates of the period itself are made of, by its facts."""
    counted = tally(facts)
    return Counter({part: counted[part] for part in PARTS})


def _history(
    session: Session, scope: ColumnElement[bool], period: Period, now: datetime
) -> list[tuple[Period, Tally]]:
    """The periods before, the oldest first: 三率, and all the rates of the last of them."""
    periods = [period.before()]
    while len(periods) < PERIODS_SHOWN - 1:
        periods.insert(0, periods[0].before())
    earlier = history(session, scope, periods[:-1], now, PARTS_OF_THREE)
    return [*earlier, *history(session, scope, periods[-1:], now)]


def _names(
    session: Session, facts: Sequence[Facts], category_name: Callable[[str], str]
) -> dict[str, dict[str, str]]:
    """What the parts of a report are called, as it stands today."""
    staff = people.names(session, sorted({each.person for each in facts}))
    places = names_of(session, {each.grid for each in facts})
    communities = select(Community.id, Community.name)
    organisations = select(Organisation.id, Organisation.name)
    return {
        "community": {str(key): name for key, name in session.execute(communities)},
        "grid": _grid_names(session, places),
        "category": {each.category: category_name(each.category) for each in facts},
        "person": {"0": "没有负责人"} | {str(key): name for key, name in staff.items()},
        "organisation": {"0": "社区自己办"}
        | {str(key): name for key, name in session.execute(organisations)},
    }


def _grid_names(session: Session, places: dict[str, str]) -> dict[str, str]:
    """Grids by name, under that of their community where there are several."""
    known = {
        path: name
        for path, name in session.execute(
            select(Place.path, Place.name).where(Place.kind == "community")
        )
    }
    around = {path: next((c for c in known if path.startswith(c)), "") for path in places}
    several = len(set(around.values())) > 1
    return {
        path: _grid_name(name, path == around[path], known.get(around[path], "") if several else "")
        for path, name in places.items()
    }


def _grid_name(name: str, nowhere: bool, community: str) -> str:
    if nowhere:
        return f"{name}（未到网格）"
    return f"{community} {name}" if community else name
