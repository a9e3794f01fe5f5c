"""The register (名册): homes with their areas, the people who own them or live there.

Areas are whole numbers of 0.01 m², as title deeds write them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, covers, require
from services.places import community_path, community_place, places_of
from storage.register import Home, HomeTie, RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff


class BadRegister(Exception):
    """A line of the register cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A home as a list tells it: `area` in m² as written, `place` the code of its unit.

    `owners` and `dwellers` are codes of people; names come apart (`name_people`).
    """

    code: str
    label: str
    place: str
    area: str = "0"
    owners: tuple[str, ...] = ()
    dwellers: tuple[str, ...] = ()
    with_developer: bool = False


def hundredths(square_metres: str) -> int:
    """Whole 0.01 m² of an area such as "98.32"; BadRegister where it is none."""
    try:
        area = Decimal(square_metres.strip()) * 100
    except InvalidOperation as error:
        raise BadRegister(f"面积“{square_metres}”看不懂") from error
    if not area.is_finite() or area < 0 or area != area.to_integral_value():
        raise BadRegister(f"面积“{square_metres}”要是不小于 0、最多两位小数的数")
    return int(area)


def import_homes(
    session: Session, staff: Staff, community_id: int, lines: Iterable[HomeLine], now: datetime
) -> int:
    """Adds homes and brings known ones up to date; returns how many. Raises BadRegister."""
    require(staff, Permission.KEEP_TOPICS, community_path(session, community_id))
    known = _Known(session, community_id)
    count = 0
    for count, line in enumerate(lines, 1):  # noqa: B007 - the last number is the result
        _import_home(session, community_id, line, known)
    home = community_place(session, community_id)
    audit.record(session, now, staff, "register.imported", home, after={"homes": count})
    return count


class _Known:
    """People, homes and places of a community by code; unknown people are added."""

    def __init__(self, session: Session, community_id: int) -> None:
        self._session, self._community = session, community_id
        people = select(RegisteredPerson).where(RegisteredPerson.community_id == community_id)
        self._people = {person.code: person for person in session.scalars(people)}
        homes = select(Home).where(Home.community_id == community_id)
        self.homes = {home.code: home for home in session.scalars(homes)}
        self.paths = {place.code: place.path for place in places_of(session, community_id)}

    def person(self, code: str) -> RegisteredPerson:
        if code not in self._people:
            person = RegisteredPerson(community_id=self._community, code=code, adult=True)
            self._session.add(person)
            self._session.flush()
            self._people[code] = person
        return self._people[code]


def _import_home(session: Session, community_id: int, line: HomeLine, known: _Known) -> None:
    if line.place not in known.paths:
        raise BadRegister(f"{line.code}：没有代码为“{line.place}”的地点")
    home = known.homes.get(line.code)
    ties = {t.person_id: t for t in session.scalars(_ties(home))} if home else {}
    if home is None:
        home = Home(community_id=community_id, code=line.code)
        session.add(home)
        known.homes[line.code] = home
    home.label, home.place_path = line.label, known.paths[line.place]
    home.area, home.with_developer = hundredths(line.area), line.with_developer
    session.flush()
    wanted = {known.person(code).id: code for code in (*line.owners, *line.dwellers)}
    for person_id, tie in ties.items():
        if person_id not in wanted:
            session.delete(tie)
    for person_id, code in wanted.items():
        tie = ties.get(person_id) or HomeTie(home_id=home.id, person_id=person_id)
        tie.owner, tie.lives = code in line.owners, code in line.dwellers
        session.add(tie)


def _ties(home: Home) -> Select[HomeTie]:
    return select(HomeTie).where(HomeTie.home_id == home.id)


def name_people(
    session: Session, community_id: int, names: Iterable[tuple[str, str, bool]]
) -> None:
    """Sets name and adulthood of people by code."""
    known = _Known(session, community_id)
    for code, name, adult in names:
        person = known.person(code)
        person.name, person.adult = name, adult


def bind(
    session: Session, staff: Staff, person: RegisteredPerson, resident: Resident, now: datetime
) -> None:
    """Notes that an account is this person's; staff have checked it.

    Raises BadRegister where the account is somebody else's already or of another community.
    """
    require(staff, Permission.KEEP_TOPICS, community_path(session, person.community_id))
    if resident.community_id != person.community_id:
        raise BadRegister("账号和名册不在同一个社区")
    taken = person_of(session, resident)
    if taken is not None and taken.id != person.id:
        raise BadRegister("这个账号已经绑定了名册里的另一个人")
    person.resident_id = resident.id
    audit.record(session, now, staff, "register.bound", person)


def person_of(session: Session, resident: Resident) -> RegisteredPerson | None:
    """Who a resident is in the register, where staff have bound them."""
    query = select(RegisteredPerson).where(RegisteredPerson.resident_id == resident.id)
    return session.scalar(query)


def person_by_code(session: Session, community_id: int, code: str) -> RegisteredPerson | None:
    """Somebody of the register by their code."""
    query = select(RegisteredPerson).where(
        RegisteredPerson.community_id == community_id, RegisteredPerson.code == code
    )
    return session.scalar(query)


def homes_in(session: Session, community_id: int, path: str) -> list[Home]:
    """The homes at a place and below it, by code."""
    inside = Home.place_path.between(path, path + "\U0010ffff")
    query = select(Home).where(Home.community_id == community_id, inside)
    return list(session.scalars(query.order_by(Home.code)))


def homes_for(session: Session, staff: Staff, community_id: int) -> Sequence[Home]:
    """The homes in the scope of `staff`."""
    homes = homes_in(session, community_id, community_path(session, community_id))
    return [home for home in homes if covers(staff, home.place_path)]


def size(session: Session, community_id: int) -> tuple[int, int, int]:
    """Homes, people, and people bound to an account."""
    people = RegisteredPerson.community_id == community_id
    queries = (
        select(func.count(Home.id)).where(Home.community_id == community_id),
        select(func.count(RegisteredPerson.id)).where(people),
        select(func.count(RegisteredPerson.resident_id)).where(people),
    )
    homes, everybody, bound = (session.scalar(query) or 0 for query in queries)
    return homes, everybody, bound
