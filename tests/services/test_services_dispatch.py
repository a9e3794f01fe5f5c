"""Dispatch: the most specific rule wins, nobody inactive takes a case, the least loaded first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import cases, dispatch
from services.access import Role
from services.calendar import OfficeHours
from services.dispatch import BadRule, NewRule
from storage.city import DispatchRule
from storage.communities import Community, Place
from storage.desk import QueueItem
from storage.engine import Database
from storage.organisations import Organisation
from storage.staff import AuditEntry, Staff

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
ROOT, GRID, HOUSE, UNIT = (
    "/HPJD/demo/",
    "/HPJD/demo/G1/",
    "/HPJD/demo/G1/B3/",
    "/HPJD/demo/G1/B3/B3U2/",
)
PLACES = (ROOT, GRID, HOUSE, UNIT)
CATEGORIES = ("", "lighting", "lighting.street", "water", "water.leak")


@dataclass
class World:
    """The people of one community, by name."""

    session: Session
    community: Community
    people: dict[str, Staff]
    partner: Organisation

    def rule(self, category: str, path: str, who: str = "") -> DispatchRule:
        row = DispatchRule(
            community_id=self.community.id,
            category=category,
            place_path=path,
            staff_id=self.people[who].id if who else None,
            organisation_id=None if who else self.partner.id,
            created_at=NOW,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def taker(self, category: str = "lighting.street", path: str = UNIT) -> str:
        found = dispatch.responsible(self.session, self.community.id, category, path)
        return found.login if found else ""

    def load(self, who: str, count: int) -> None:
        for _ in range(count):
            case = cases.submit(self.session, _new(self.community.id), None, OfficeHours(), NOW)
            case.responsible_id = self.people[who].id


def _new(community_id: int) -> cases.NewCase:
    return cases.NewCase(community_id, "animals.dogs", "狗", "狗叫", "/HPJD/demo/")


def make_world(session: Session) -> World:
    if session.scalar(select(Community)) is None:
        open_community(session, NOW)
    for table in (QueueItem, DispatchRule):
        session.execute(delete(table))
    community = session.scalars(select(Community)).one()
    partner = session.scalar(select(Organisation)) or Organisation(
        community_id=community.id, name="和平物业", kind="property", created_at=NOW
    )
    partner.active = True
    session.add(partner)
    session.flush()
    wanted = (
        ("grid", Role.GRID_WORKER, GRID, None),
        ("worker", Role.COMMUNITY_WORKER, ROOT, None),
        ("other", Role.COMMUNITY_WORKER, ROOT, None),
        ("repair1", Role.PARTNER, ROOT, partner.id),
        ("repair2", Role.PARTNER, ROOT, partner.id),
    )
    people = {login: _person(session, login, *rest) for login, *rest in wanted}
    return World(session, community, people, partner)


def _person(session: Session, login: str, role: Role, scope: str, partner: int | None) -> Staff:
    row = session.scalar(select(Staff).where(Staff.login == login)) or Staff(
        login=login, name=login, password_hash="-", created_at=NOW
    )
    row.role, row.scope_path, row.organisation_id, row.active = role.value, scope, partner, True
    session.add(row)
    session.flush()
    return row


def test_without_a_rule_the_grid_worker_takes_the_case(database: Database) -> None:
    assert database.write_now(lambda s: make_world(s).taker()) == "grid"


def test_the_category_weighs_more_than_the_place(database: Database) -> None:
    """物业 repairs lamps in every grid, though a grid has somebody for the rest."""

    def work(session: Session) -> tuple[str, str]:
        world = make_world(session)
        world.rule("", UNIT, "other")
        world.rule("lighting", ROOT, "worker")
        return world.taker(), world.taker("water.leak")

    assert database.write_now(work) == ("worker", "other")


def test_a_partner_gives_it_to_the_one_with_the_fewest_open_cases(database: Database) -> None:
    def work(session: Session) -> list[str]:
        world = make_world(session)
        world.rule("lighting.street", ROOT)
        found = [world.taker()]
        world.load("repair1", 1)
        found.append(world.taker())
        world.people["repair2"].active = False
        found.append(world.taker())
        world.partner.active = False
        return [*found, world.taker()]

    assert database.write_now(work) == ["repair1", "repair2", "repair1", "grid"]


def test_a_new_case_goes_where_the_rule_says(database: Database) -> None:
    """Also one whose place becomes known later; private ones go to nobody by rule."""

    def work(session: Session) -> tuple[int | None, int | None, int]:
        world = make_world(session)
        world.rule("animals", ROOT, "worker")
        case = cases.submit(session, _new(world.community.id), None, OfficeHours(), NOW)
        private = cases.NewCase(
            world.community.id, "animals.dogs", "狗", "狗叫", ROOT, private=True
        )
        hidden = cases.submit(session, private, None, OfficeHours(), NOW)
        return case.responsible_id, hidden.responsible_id, world.people["worker"].id

    taken, hidden, worker = database.write_now(work)
    assert (taken, hidden) == (worker, None)


def test_one_rule_for_each_category_and_place(database: Database) -> None:
    """Adding it again changes who takes the cases; each change is in the audit."""

    def work(session: Session) -> tuple[int, list[str]]:
        world = make_world(session)
        keeper = _person(session, "keeper", Role.REVIEWER, ROOT, None)
        place = session.scalars(select(Place).where(Place.path == GRID)).one()
        for who in ("worker", "other"):
            new = NewRule("lighting", place.id, staff_id=world.people[who].id)
            dispatch.add(session, keeper, world.community.id, new, NOW)
        (rule,) = dispatch.rules_of(session, world.community.id)
        dispatch.remove(session, keeper, rule, NOW)
        session.flush()
        return (
            len(dispatch.rules_of(session, world.community.id)),
            list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))),
        )

    count, actions = database.write_now(work)
    assert count == 0
    assert actions == ["dispatch.keep", "dispatch.keep", "dispatch.remove"]


def test_a_rule_that_cannot_be_is_refused(database: Database) -> None:
    """Nobody named, two named, one who does not cover the place, a place that does not exist."""

    def work(session: Session) -> int:
        world = make_world(session)
        keeper = _person(session, "keeper", Role.REVIEWER, ROOT, None)
        far = session.scalars(select(Place).where(Place.path == ROOT)).one()
        worker, grid = world.people["worker"].id, world.people["grid"].id
        for new in (
            NewRule("", far.id),
            NewRule("", far.id, worker, world.partner.id),
            NewRule("", far.id, grid),
            NewRule("", 987_654, worker),
        ):
            with pytest.raises(BadRule):
                dispatch.add(session, keeper, world.community.id, new, NOW)
        return len(dispatch.rules_of(session, world.community.id))

    assert database.write_now(work) == 0


RULES = st.dictionaries(
    st.tuples(st.sampled_from(CATEGORIES), st.sampled_from(PLACES)),
    st.sampled_from(["grid", "worker", "other", ""]),
    max_size=6,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=RULES,
    away=st.sets(st.sampled_from(["grid", "worker", "other", "repair1", "repair2"])),
    path=st.sampled_from(PLACES),
)
def test_the_most_specific_rule_with_somebody_there_wins(
    shared_sqlite: Database,
    rules: dict[tuple[str, str], str],
    away: set[str],
    path: str,
) -> None:
    """Against a plain reading of the rules: sort them, take the first whose people are there."""

    def work(session: Session) -> tuple[str, str]:
        world = make_world(session)
        for (category, where), who in rules.items():
            world.rule(category, where, who)
        for login in away:
            world.people[login].active = False
        session.flush()
        return world.taker(path=path), _expected(rules, away, path)

    taken, expected = shared_sqlite.write_now(work)
    assert taken == expected
    assert taken not in away


def _expected(rules: dict[tuple[str, str], str], away: set[str], path: str) -> str:
    scope = {"grid": GRID, "worker": ROOT, "other": ROOT, "repair1": ROOT, "repair2": ROOT}
    order = {"lighting.street": 2, "lighting": 1, "": 0}
    fitting = [
        (order[category], where.count("/"), who)
        for (category, where), who in rules.items()
        if category in order and path.startswith(where)
    ]
    for _, _, who in sorted(fitting, reverse=True):
        takers = [who] if who else ["repair1", "repair2"]
        there = [one for one in takers if one not in away and path.startswith(scope[one])]
        if there:
            return there[0]
    return "grid" if "grid" not in away and path.startswith(GRID) else ""
