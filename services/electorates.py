"""Who may vote, frozen at opening: one elector for each person, household or owner.

Owners are grouped as 法释〔2009〕7号 articles 8 and 9 say (`deliberation/owners.py`): co-owners
are one person, the same buyer of several units is one person with the sum of the areas. Where a
home is to become business premises it is the interested owners of article 11.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.chain import canonical
from deliberation.owners import Electorate, Unit, electorate, interested
from deliberation.quorum import Amount, total
from services.places import places_of
from services.processes import Electors
from services.register import homes_in
from storage.ballots import Ballot, Elector, ElectorMember
from storage.register import Home, HomeTie, RegisteredPerson

CM2 = 100
"""Square centimetres in 0.01 m²."""
LABEL = 120


class NoElectorate(Exception):
    """The register does not give the electorate; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One vote to be: its code, where it is from, what it weighs, who may cast it (people)."""

    code: str
    label: str
    weight: Amount
    people: tuple[int, ...]


def voices(session: Session, ballot: Ballot) -> list[Voice]:
    """The electorate of a ballot as the register gives it now; raises NoElectorate."""
    register = _Register(session, ballot)
    makers = {
        Electors.PERSONS: register.persons,
        Electors.HOUSEHOLDS: register.households,
        Electors.OWNERS: register.owners,
        Electors.INTERESTED: register.interested,
        Electors.LISTED: register.listed,
    }
    kind = Electors(ballot.electorate)
    if kind is Electors.OPEN:
        return []
    found = sorted(makers[kind](), key=lambda voice: voice.code)
    if not found:
        raise NoElectorate("名册里这个范围内没有有表决权的人")
    return found


def freeze(session: Session, ballot: Ballot) -> Amount | None:
    """Writes the electorate down and its hash into the ballot; returns what it amounts to, None
    for an open poll, whose electorate is whoever votes.
    """
    found = voices(session, ballot)
    ballot.electorate_hash = hash_of(found)
    rows = [
        Elector(
            community_id=ballot.community_id,
            ballot_id=ballot.id,
            code=voice.code,
            label=voice.label,
            persons=voice.weight.persons,
            area=voice.weight.area,
            households=voice.weight.households,
        )
        for voice in found
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        ElectorMember(elector_id=row.id, person_id=person)
        for row, voice in zip(rows, found, strict=True)
        for person in voice.people
    )
    session.flush()
    return total(voice.weight for voice in found) if found else None


def hash_of(found: Iterable[Voice]) -> str:
    """SHA-256 over `shuoshi-electorate-1` and a line of code, persons, area (cm²) and households
    for each elector, sorted by code.
    """
    lines = [
        canonical([v.code, v.weight.persons, v.weight.area, v.weight.households])
        for v in sorted(found, key=lambda voice: voice.code)
    ]
    return hashlib.sha256("\n".join(["shuoshi-electorate-1", *lines]).encode()).hexdigest()


def weight_of(elector: Elector) -> Amount:
    """What an elector's vote weighs."""
    return Amount(elector.persons, elector.area, elector.households)


class _Register:
    """The part of the register that a ballot looks at."""

    def __init__(self, session: Session, ballot: Ballot) -> None:
        self._ballot = ballot
        self._homes = homes_in(session, ballot.community_id, ballot.place_path)
        self._places = places_of(session, ballot.community_id)
        everywhere = select(Home).where(Home.community_id == ballot.community_id)
        self._everywhere = session.scalars(everywhere.order_by(Home.code)).all()
        people = select(RegisteredPerson).where(
            RegisteredPerson.community_id == ballot.community_id
        )
        self._people = {person.id: person for person in session.scalars(people)}
        self._ties: dict[int, list[HomeTie]] = defaultdict(list)
        ties = (
            select(HomeTie)
            .join(Home, Home.id == HomeTie.home_id)
            .where(Home.community_id == ballot.community_id)
        )
        for tie in session.scalars(ties):
            self._ties[tie.home_id].append(tie)

    def persons(self) -> list[Voice]:
        homes: dict[int, list[str]] = defaultdict(list)
        for home in self._homes:
            for tie in self._ties[home.id]:
                if tie.lives and self._people[tie.person_id].adult:
                    homes[tie.person_id].append(home.label)
        return [self._person(person, labels) for person, labels in homes.items()]

    def households(self) -> list[Voice]:
        found = []
        for home in self._homes:
            living = [tie.person_id for tie in self._ties[home.id] if tie.lives]
            adults = tuple(p for p in living if self._people[p].adult)
            if living:
                found.append(Voice(home.code, home.label, Amount(1, 0, 1), adults))
        return found

    def owners(self) -> list[Voice]:
        return self._owners(electorate(self._unit(home) for home in self._homes))

    def _owners(self, found: Electorate) -> list[Voice]:
        by_code = {home.code: home for home in self._everywhere}
        numbers = {person.code: person.id for person in self._people.values()}
        return [
            Voice(
                elector.code,
                _joined([by_code[unit].label for unit in elector.units]),
                elector.amount,
                tuple(numbers[owner] for owner in elector.owners if owner in numbers),
            )
            for elector in found.electors
        ]

    def interested(self) -> list[Voice]:
        """One vote for each owner whom the home of the ballot concerns, whatever their area."""
        homes = {home.code: home for home in self._everywhere}
        named = {self._ballot.home_code or "", *self._ballot.listed}
        if unknown := sorted(named - homes.keys()):
            raise NoElectorate(f"名册里没有这一户：{'、'.join(unknown)}")
        home = homes[self._ballot.home_code or ""]
        building = self._building_of(home)
        inside = [one for one in homes.values() if one.place_path.startswith(building)]
        units = [self._unit(one) for one in {*inside, *(homes[code] for code in named)}]
        codes = [one.code for one in inside]
        return [
            replace(voice, weight=Amount(1))
            for voice in self._owners(interested(units, home.code, codes, self._ballot.listed))
        ]

    def _building_of(self, home: Home) -> str:
        buildings = (p.path for p in self._places if p.kind == "building")
        found = next((path for path in buildings if home.place_path.startswith(path)), None)
        if found is None:
            raise NoElectorate(f"{home.label}没有登记在哪一栋，找不出本栋的业主")
        return found

    def listed(self) -> list[Voice]:
        wanted = set(self._ballot.listed)
        by_code = {p.code: p for p in self._people.values()}
        if unknown := sorted(wanted - by_code.keys()):
            raise NoElectorate(f"名册里没有：{'、'.join(unknown)}")
        return [self._person(by_code[code].id, self._dwellings(by_code[code])) for code in wanted]

    def _dwellings(self, person: RegisteredPerson) -> list[str]:
        """The homes where somebody lives, who may live anywhere; their code where there is none."""
        found = [
            home.label
            for home in self._everywhere
            if any(tie.person_id == person.id for tie in self._ties[home.id])
        ]
        return found or [person.code]

    def _unit(self, home: Home) -> Unit:
        owners = [self._people[t.person_id].code for t in self._ties[home.id] if t.owner]
        if home.area <= 0:
            raise NoElectorate(f"{home.label}没有登记面积")
        if not owners and not home.with_developer:
            raise NoElectorate(f"{home.label}没有登记业主")
        return Unit(home.code, home.area * CM2, tuple(owners), home.with_developer)

    def _person(self, person: int, labels: Sequence[str]) -> Voice:
        return Voice(self._people[person].code, _joined(labels), Amount(1), (person,))


def _joined(labels: Sequence[str]) -> str:
    words = "、".join(labels)
    return words if len(words) <= LABEL else f"{labels[0]}等{len(labels)}套"
