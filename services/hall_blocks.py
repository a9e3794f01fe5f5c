"""Turnout by building, and beside it each building's share of a budget that was won.

A budget option belongs to the building whose name it begins with. Buildings with fewer than
FEWEST votes in the list are counted together, so that nobody can be made out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.definition import BUDGETING
from services.ballots import definition_of
from storage.ballots import Ballot, Elector, ElectorMember, RollEntry
from storage.communities import Place
from storage.register import Home, HomeTie

FEWEST = 5
REST = "其他楼栋"


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A building: votes in the list and votes cast; `won` of the whole budget, in hundredths of a
    percent, None where the ballot is no budget.
    """

    name: str
    eligible: int
    voted: int
    won: int | None = None


def blocks(session: Session, ballot: Ballot) -> list[BlockRow]:
    """The buildings of a frozen electorate by name; empty for an open poll or a single building."""
    names = _buildings(session, ballot)
    of_elector = _of_electors(session, ballot, names)
    voted = set(
        session.scalars(select(RollEntry.elector_id).where(RollEntry.ballot_id == ballot.id))
    )
    eligible = Counter(of_elector.values())
    cast = Counter(name for number, name in of_elector.items() if number in voted)
    large = _large(eligible)
    won = _won(ballot, large)
    rows = [BlockRow(n, eligible[n], cast[n], won.get(n, 0) if won else None) for n in large]
    rest = eligible.total() - sum(row.eligible for row in rows)
    if rest:
        left = cast.total() - sum(row.voted for row in rows)
        rows.append(BlockRow(REST, rest, left, won.get(REST, 0) if won else None))
    return rows if len(rows) > 1 else []


def _large(eligible: Counter[str]) -> list[str]:
    """The buildings that stand alone: large enough, and so that what is left is none or enough."""
    alone = [name for name, count in eligible.most_common() if count >= FEWEST and name != REST]
    while alone and 0 < eligible.total() - sum(eligible[name] for name in alone) < FEWEST:
        alone.pop()
    return sorted(alone)


def _buildings(session: Session, ballot: Ballot) -> dict[str, str]:
    query = select(Place.path, Place.name).where(
        Place.community_id == ballot.community_id, Place.kind == "building"
    )
    return {path: name for path, name in session.execute(query)}


def _of_electors(session: Session, ballot: Ballot, names: dict[str, str]) -> dict[int, str]:
    """The building of each elector: of the first home, by code, that a member has in the area."""
    inside = Home.place_path.between(ballot.place_path, ballot.place_path + "\U0010ffff")
    query = (
        select(Elector.id, Home.place_path)
        .join(ElectorMember, ElectorMember.elector_id == Elector.id)
        .join(HomeTie, HomeTie.person_id == ElectorMember.person_id)
        .join(Home, Home.id == HomeTie.home_id)
        .where(Elector.ballot_id == ballot.id, inside)
        .order_by(Home.code)
    )
    found: dict[int, str] = {}
    for number, path in session.execute(query):
        building = next((name for above, name in names.items() if path.startswith(above)), REST)
        found.setdefault(number, building)
    return found


def _won(ballot: Ballot, names: list[str]) -> dict[str, int] | None:
    definition = definition_of(ballot)
    if definition.method not in BUDGETING or ballot.result is None:
        return None
    winners = [o for o in definition.options if o.code in ballot.result["winners"]]
    won: Counter[str] = Counter()
    for option in winners:
        name = next((name for name in names if option.name.startswith(name)), REST)
        won[name] += int(option.cost * 10_000 / definition.budget)
    return dict(won)
