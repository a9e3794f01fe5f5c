"""Dispatch (智能派单): who takes a new case, by rules of category × place.

The most specific rule wins: first the one nearer to the category (itself, its group, all), then
the one nearer to the place. A rule whose people are not there is passed over; where none is left,
the grid worker of the place takes the case (`places.responsible_for`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, covers, may, require, visible_to
from services.bad_field import BadField
from services.case_states import OPEN
from services.places import community_path, prefixes, responsible_for
from storage.cases import Case
from storage.city import DispatchRule
from storage.communities import Place
from storage.organisations import Organisation
from storage.staff import Staff


class BadRule(BadField):
    """The rule cannot be; `field` names the value at fault, the message says why."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to be added; `category` is a category, a group or empty, `place_id` where it holds."""

    category: str
    place_id: int
    staff_id: int | None = None
    organisation_id: int | None = None


_RULES = (
    select(DispatchRule)
    .where(
        DispatchRule.community_id == bindparam("community"),
        DispatchRule.category.in_(bindparam("categories", expanding=True)),
        DispatchRule.place_path.in_(bindparam("places", expanding=True)),
    )
    .execution_options(autoflush=False)
)


def responsible(session: Session, community_id: int, category: str, path: str) -> Staff | None:
    """Who takes a new case of this category at this place; None where nobody does."""
    wanted = {
        "community": community_id,
        "categories": _categories(category),
        "places": prefixes(path),
    }
    rules = session.scalars(_RULES, wanted).all()
    for rule in sorted(rules, key=specificity, reverse=True):
        person = _taker(session, rule, path)
        if person is not None:
            return person
    return responsible_for(session, path)


def specificity(rule: DispatchRule) -> tuple[int, int]:
    """What rules are ordered by: parts of the category code, then depth of the place."""
    parts = rule.category.split(".") if rule.category else []
    return len(parts), rule.place_path.count("/")


def _categories(code: str) -> list[str]:
    return ["", code.partition(".")[0], code]


def _taker(session: Session, rule: DispatchRule, path: str) -> Staff | None:
    """The person of a rule: active, able to handle, with the place in scope; of a partner the
    one with the fewest open cases.
    """
    load = (
        select(func.count())
        .where(Case.responsible_id == Staff.id, Case.state.in_(OPEN))
        .scalar_subquery()
    )
    query = select(Staff, load).where(Staff.active.is_(True))
    if rule.staff_id is not None:
        query = query.where(Staff.id == rule.staff_id)
    else:
        query = query.join(Organisation, Organisation.id == Staff.organisation_id).where(
            Organisation.id == rule.organisation_id, Organisation.active.is_(True)
        )
    fit = [
        (person, count)
        for person, count in session.execute(query)
        if may(person, Permission.HANDLE) and covers(person, path)
    ]
    return min(fit, key=lambda pair: (pair[1], pair[0].id))[0] if fit else None


def rules_of(session: Session, community_id: int) -> list[DispatchRule]:
    """The rules of a community, the most specific first."""
    found = session.scalars(select(DispatchRule).where(DispatchRule.community_id == community_id))
    return sorted(found, key=lambda rule: (*specificity(rule), -rule.id), reverse=True)


def partners_of(session: Session, community_id: int) -> list[Organisation]:
    """The partners that a rule may name."""
    query = select(Organisation).where(
        Organisation.community_id == community_id, Organisation.active.is_(True)
    )
    return list(session.scalars(query.order_by(Organisation.name)))


def people_for(session: Session, community_id: int) -> list[Staff]:
    """The members of staff that a rule may name: active, able to handle, of the community."""
    root = community_path(session, community_id)
    everybody = session.scalars(select(Staff).where(Staff.active.is_(True)).order_by(Staff.name))
    return [
        person
        for person in everybody
        if may(person, Permission.HANDLE)
        and (person.scope_path.startswith(root) or covers(person, root))
    ]


def add(
    session: Session, staff: Staff, community_id: int, new: NewRule, now: datetime
) -> DispatchRule:
    """Adds a rule, or gives the one of the same category and place another taker.

    Raises Forbidden outside of the scope, BadRule.
    """
    require(staff, Permission.KEEP_DESK, community_path(session, community_id))
    place = session.scalar(
        select(Place).where(
            Place.id == new.place_id,
            Place.community_id == community_id,
            visible_to(staff, Place.path),
        )
    )
    if place is None:
        raise BadRule("place", "请选地点")
    _check_taker(session, community_id, new, place)
    row = session.scalar(
        select(DispatchRule).where(
            DispatchRule.community_id == community_id,
            DispatchRule.category == new.category,
            DispatchRule.place_path == place.path,
        )
    )
    rule = row or DispatchRule(
        community_id=community_id, category=new.category, place_path=place.path, created_at=now
    )
    before = _facts(rule) if row else {}
    rule.staff_id, rule.organisation_id = new.staff_id, new.organisation_id
    session.add(rule)
    session.flush()
    audit.record(session, now, staff, "dispatch.keep", rule, before=before, after=_facts(rule))
    return rule


def _check_taker(session: Session, community_id: int, new: NewRule, place: Place) -> None:
    if new.organisation_id is not None and new.staff_id is None:
        known = {one.id for one in partners_of(session, community_id)}
        if new.organisation_id in known:
            return
    if new.staff_id is not None and new.organisation_id is None:
        person = next((p for p in people_for(session, community_id) if p.id == new.staff_id), None)
        if person is not None and covers(person, place.path):
            return
        raise BadRule("taker", "这位同事不负责这个地点")
    raise BadRule("taker", "请选由谁办理")


def find(session: Session, staff: Staff, rule_id: int) -> DispatchRule | None:
    """A rule whose place lies in the scope of `staff`."""
    return session.scalar(
        select(DispatchRule).where(
            DispatchRule.id == rule_id, visible_to(staff, DispatchRule.place_path)
        )
    )


def remove(session: Session, staff: Staff, rule: DispatchRule, now: datetime) -> None:
    """Takes a rule away; what it dispatched stays where it is. Raises Forbidden."""
    require(staff, Permission.KEEP_DESK, rule.place_path)
    audit.record(session, now, staff, "dispatch.remove", rule, before=_facts(rule))
    session.delete(rule)


def _facts(rule: DispatchRule) -> dict[str, object]:
    return {
        "category": rule.category,
        "place": rule.place_path,
        "staff": rule.staff_id,
        "organisation": rule.organisation_id,
    }
