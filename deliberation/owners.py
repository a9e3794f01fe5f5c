"""The electorate of owners: who is one person, with how much area.

民法典 278 counts persons and area. 最高人民法院 法释〔2009〕7号 (amended 2020), articles 8 and 9,
says how: the area is the registered one, else the surveyed one, else that of the contract; a
unit counts as one person; one buyer of several units is one person; the developer's units that
are unsold, or sold and not handed over, are together one person. Co-owners of a unit are one
person. Local rules differ on the developer, so that is a setting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from .quorum import Amount, Figures, total
from .tally import Choice

DEVELOPER = "developer"
CM2_PER_M2 = 10_000


class Unsold(StrEnum):
    """How the developer's units count: one person with their area, or not at all."""

    ONE_PERSON = "one_person"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Unit:
    """A part in exclusive ownership; `owners` identify persons, `area` is in cm².

    `with_developer` marks a unit not sold, or sold and not yet handed over.
    """

    code: str
    area: int
    owners: tuple[str, ...] = ()
    with_developer: bool = False

    def __post_init__(self) -> None:
        if self.area <= 0:
            raise ValueError(f"unit {self.code}: the area must be a positive number of cm²")
        if not self.owners and not self.with_developer:
            raise ValueError(f"unit {self.code} has no owner")


@dataclass(frozen=True)
class Elector:
    """One person of the count: a sole owner, the co-owners together, or the developer."""

    code: str
    owners: tuple[str, ...]
    units: tuple[str, ...]
    area: int

    @property
    def amount(self) -> Amount:
        return Amount(persons=1, area=self.area)


@dataclass(frozen=True)
class Electorate:
    """The frozen list of electors, ordered by code."""

    electors: tuple[Elector, ...]

    @property
    def eligible(self) -> Amount:
        return total(elector.amount for elector in self.electors)

    def figures(self, votes: Mapping[str, Choice]) -> Figures:
        """Figures of a yes/no vote, `votes` keyed by elector code; who is absent is in no side.

        Raises ValueError for a vote of somebody who is not an elector.
        """
        strangers = votes.keys() - {elector.code for elector in self.electors}
        if strangers:
            raise ValueError(f"not electors: {', '.join(sorted(strangers))}")
        sides = {choice: self._sum(votes, choice) for choice in Choice}
        return Figures(
            eligible=self.eligible,
            agree=sides[Choice.YES],
            disagree=sides[Choice.NO],
            abstain=sides[Choice.ABSTAIN],
            cast=total(sides.values()),
        )

    def _sum(self, votes: Mapping[str, Choice], choice: Choice) -> Amount:
        return total(e.amount for e in self.electors if votes.get(e.code) is choice)


def electorate(units: Iterable[Unit], unsold: Unsold = Unsold.ONE_PERSON) -> Electorate:
    """Group units into electors: the same set of owners is the same buyer.

    A person who owns one unit alone and another together with somebody is two buyers, alone and
    with the other, as the interpretation speaks of the same buyer. An elector's code is that of
    its first unit. Raises ValueError when a unit is listed twice.
    """
    held: dict[frozenset[str], list[Unit]] = defaultdict(list)
    seen: set[str] = set()
    for unit in units:
        if unit.code in seen:
            raise ValueError(f"unit {unit.code} is listed twice")
        seen.add(unit.code)
        if not unit.with_developer or unsold is Unsold.ONE_PERSON:
            held[_buyer(unit)].append(unit)
    electors = (_elector(owners, group) for owners, group in held.items())
    return Electorate(tuple(sorted(electors, key=lambda elector: elector.code)))


def interested(
    units: Iterable[Unit], home: str, building: Collection[str], others: Collection[str] = ()
) -> Electorate:
    """The owners whose consent it takes to use the home with the code `home` for business.

    民法典 279 asks for every owner with an interest; 法释〔2009〕7号 article 11 says who that is:
    the other owners of the same building (`building`, codes of units), and owners elsewhere in
    the complex who show that their home suffers (`others`). Whoever owns the home has no say,
    nor in another home of theirs. Raises ValueError for a code that is no unit.
    """
    known = {unit.code: unit for unit in units}
    named = {home, *building, *others}
    if strangers := named - known.keys():
        raise ValueError(f"no units: {', '.join(sorted(strangers))}")
    applicant = _buyer(known[home])
    return electorate(known[code] for code in named if _buyer(known[code]) != applicant)


def _buyer(unit: Unit) -> frozenset[str]:
    return frozenset((DEVELOPER,)) if unit.with_developer else frozenset(unit.owners)


def _elector(owners: frozenset[str], units: list[Unit]) -> Elector:
    codes = tuple(sorted(unit.code for unit in units))
    return Elector(codes[0], tuple(sorted(owners)), codes, sum(unit.area for unit in units))


def square_centimetres(square_metres: str) -> int:
    """Whole cm² of an area written in m², such as "89.53".

    Raises ValueError when it is no positive number or finer than a cm².
    """
    try:
        area = Decimal(square_metres.strip()) * CM2_PER_M2
    except InvalidOperation as error:
        raise ValueError(f"not an area in m²: {square_metres!r}") from error
    if not area.is_finite() or area <= 0 or area != area.to_integral_value():
        raise ValueError(f"not a positive area in whole cm²: {square_metres!r}")
    return int(area)
