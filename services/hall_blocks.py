"""Turnout by building, and each building's share of the money won beside its share of the voters.

A budget option belongs to the building whose name it begins with. Buildings with fewer than
FEWEST votes in the list are counted together, so that nobody can be made out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.budgeting import Allocation, BlockShare, block_shares
from deliberation.definition import BUDGETING
from services.ballots import definition_of
from storage.ballots import Ballot, Elector, ElectorMember, RollEntry
from storage.communities import Place
from storage.register import Home, HomeTie

FEWEST = 5
REST = "其他楼栋"


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A building: votes in the list and votes cast; where the ballot is a budget, its share of
    those who voted and of the money won, in thousandths.
    """

    name: str
    eligible: int
    voted: int
    voters: int | None = None
    money: int | None = None

    @property
    def turnout(self) -> int:
        """Votes cast of those in the list, in thousandths."""
        return 1000 * self.voted // self.eligible if self.eligible else 0


def blocks(session: Session, ballot: Ballot) -> list[BlockRow]:
    """The buildings of a frozen electorate by name; empty for an open poll or a single building."""
    names = _buildings(session, ballot)
    of_elector = _of_electors(session, ballot, names)
    voted = set(
        session.scalars(select(RollEntry.elector_id).where(RollEntry.ballot_id == ballot.id))
    )
    eligible = Counter(of_elector.values())
    large = _large(eligible)
    told = {n: name if name in large else REST for n, name in of_elector.items()}
    eligible = Counter(told.values())
    cast = Counter(name for number, name in told.items() if number in voted)
    shares = _shares(ballot, large, cast)
    found = [
        _row(BlockRow(name, eligible[name], cast[name]), shares)
        for name in (*large, REST)
        if eligible[name]
    ]
    return found if len(found) > 1 else []


def _row(row: BlockRow, shares: Mapping[str, BlockShare] | None) -> BlockRow:
    if shares is None:
        return row
    share = shares.get(row.name, BlockShare(row.name, Fraction(0), Fraction(0)))
    return replace(row, voters=int(1000 * share.voters), money=int(1000 * share.money))


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


def _shares(
    ballot: Ballot, names: list[str], cast: Counter[str]
) -> Mapping[str, BlockShare] | None:
    """Each building's share of the voters and of the money won; None where there is no budget."""
    definition = definition_of(ballot)
    if definition.method not in BUDGETING or ballot.result is None:
        return None
    costs = {option.code: option.cost for option in definition.options}
    blocks = {option.code: _block_of(option.name, names) for option in definition.options}
    winners = tuple(ballot.result["winners"])
    spent = sum((costs[code] for code in winners), Fraction(0))
    allocation = Allocation(winners, spent, definition.budget, ())
    found = block_shares(allocation, costs, blocks, cast.elements())
    return {share.block: share for share in found}


def _block_of(option: str, names: list[str]) -> str:
    return next((name for name in names if option.startswith(name)), REST)
