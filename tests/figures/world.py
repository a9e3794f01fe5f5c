"""Two communities of one street with cases of every kind, for the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.access import Role
from services.case_states import Outcome, State
from services.places import import_tree, read_tree
from storage.cases import Case
from storage.communities import Community, Place
from storage.organisations import Organisation
from storage.staff import Staff

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)  # Wednesday 10:30 in China
TREE = {
    "kind": "street",
    "code": "st",
    "name": "云河街道",
    "children": [
        {
            "kind": "community",
            "code": "one",
            "name": "桂园社区",
            "children": [
                {
                    "kind": "grid",
                    "code": "g1",
                    "name": "第一网格",
                    "children": [{"kind": "building", "code": "b3", "name": "3栋"}],
                },
                {"kind": "grid", "code": "g2", "name": "第二网格"},
            ],
        },
        {
            "kind": "community",
            "code": "two",
            "name": "河西社区",
            "children": [{"kind": "grid", "code": "g3", "name": "河西网格"}],
        },
    ],
}
PLACES = ("/st/one/", "/st/one/g1/", "/st/one/g1/b3/", "/st/one/g2/", "/st/two/g3/")
CATEGORIES = ("lighting.stairwell", "elevator.fault", "water.leak")
PEOPLE = (
    ("worker", "李社工", Role.COMMUNITY_WORKER, "/st/one/"),
    ("grid", "陈网格", Role.GRID_WORKER, "/st/one/g1/"),
    ("supervisor", "孙督办", Role.SUPERVISOR, "/st/"),
    ("partner", "郭物业", Role.PARTNER, "/st/one/"),
    ("elsewhere", "吴外区", Role.REVIEWER, "/st/two/"),
)


@dataclass(frozen=True)
class Spec:
    """One case as a test wants it; ages and spans in hours, `responsible` a login or nobody."""

    age: float = 48
    state: State = State.WORKING
    outcome: str = ""
    responded: float | None = None
    resolved: float | None = None
    response_due: float = 4
    resolve_due: float = 120
    satisfaction: int | None = None
    reopened: bool = False
    private: bool = False
    anonymous: bool = False
    confidential: str = ""
    place: str = PLACES[1]
    category: str = CATEGORIES[0]
    responsible: str = ""
    title: str = "楼道灯坏了"
    description: str = "三楼的灯坏了好几天"

    @property
    def sensitive(self) -> bool:
        return self.private or self.anonymous or bool(self.confidential)


hours = st.sampled_from((1.0, 3.9, 5.0, 30.0, 119.0, 121.0, 400.0))
specs = st.builds(
    Spec,
    age=st.sampled_from((0.5, 3.0, 20.0, 73.0, 200.0, 410.0, 500.0, 900.0, 1500.0)),
    state=st.sampled_from(list(State)),
    outcome=st.sampled_from(["", *Outcome]),
    responded=st.none() | hours,
    resolved=st.none() | hours,
    satisfaction=st.none() | st.integers(1, 5),
    reopened=st.booleans(),
    private=st.integers(0, 5).map(lambda n: n == 0),
    anonymous=st.integers(0, 5).map(lambda n: n == 0),
    confidential=st.sampled_from(["", "", "", "", "hardship"]),
    place=st.sampled_from(PLACES),
    category=st.sampled_from(CATEGORIES),
    responsible=st.sampled_from(["", "grid", "partner", "worker"]),
)


def found(session: Session) -> dict[str, Staff]:
    """Founds the street once; its staff by login."""
    if session.scalar(select(Community.id)) is None:
        import_tree(session, read_tree(TREE), NOW)
        one = session.scalars(select(Community).where(Community.code == "one")).one()
        works = Organisation(community_id=one.id, name="安居物业", kind="property", created_at=NOW)
        session.add(works)
        session.flush()
        for login, name, role, scope in PEOPLE:
            person = Staff(login=login, name=name, role=role.value, scope_path=scope)
            person.password_hash, person.created_at = "-", NOW
            person.organisation_id = works.id if login == "partner" else None
            session.add(person)
        session.flush()
    return {person.login: person for person in session.scalars(select(Staff))}


def clear(session: Session) -> None:
    """Hides what an earlier example left, for the history of cases cannot be removed."""
    session.query(Case).update(
        {"place_path": "/away/", "community_id": select(func.max(Community.id)).scalar_subquery()}
    )


def add(session: Session, spec: Spec, now: datetime = NOW) -> Case:
    """Stores a case with its history."""
    staff = found(session)
    place = session.scalars(select(Place).where(Place.path == spec.place)).one()
    came = now - timedelta(hours=spec.age)
    case = Case(
        community_id=place.community_id,
        number=1 + (session.scalar(select(func.max(Case.number))) or 1000),
        category=spec.category,
        title=spec.title,
        description=spec.description,
        place_id=place.id,
        place_path=spec.place,
        place_text=place.name,
        state=spec.state.value,
        outcome=spec.outcome,
        responsible_id=staff[spec.responsible].id if spec.responsible else None,
        response_due=came + timedelta(hours=spec.response_due),
        resolve_due=came + timedelta(hours=spec.resolve_due),
        responded_at=_later(came, spec.responded),
        resolved_at=_later(came, spec.resolved),
        satisfaction=spec.satisfaction,
        reopened=int(spec.reopened),
        private=spec.private,
        anonymous=spec.anonymous,
        confidential=spec.confidential,
        created_at=came,
        updated_at=came,
    )
    session.add(case)
    session.flush()
    return case


def _later(came: datetime, span: float | None) -> datetime | None:
    return None if span is None else came + timedelta(hours=span)
