"""The method of equal shares, exact.

Source: D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory Budgeting with Additive
Utilities", NeurIPS 2021. Every voter holds the same share of the budget. Each round, for every
project not yet funded, ρ is the smallest number with Σ min(purse_i, ρ·utility_i) = cost over its
supporters; the project with the smallest ρ is funded and its supporters charged; the rule stops
when supporters can afford no further project.

Purses are integers over one common denominator instead of a fraction each: a payment multiplies
the denominator once for all, and the many additions and comparisons are of plain integers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, gcd, lcm
from typing import NamedTuple

from .budgeting import Allocation, Election, complete
from .tally import Round
from .ties import TieRule


class Utility(StrEnum):
    """What a funded project is worth to a supporter.

    Either the points given (1 where voters approve), or points times cost, so that one dear
    project is worth as much as several cheap ones of the same sum.
    """

    POINTS = "points"
    COST = "cost"


class Completion(StrEnum):
    """What becomes of money that is left: nothing, greedy, or larger shares for everybody."""

    NONE = "none"
    GREEDY = "greedy"
    RAISE = "raise"


def default_utility(election: Election) -> Utility:
    """Cost where voters approve, points where they spread points."""
    return Utility.COST if election.approval else Utility.POINTS


def equal_shares(
    election: Election,
    ties: TieRule,
    *,
    utility: Utility | None = None,
    completion: Completion = Completion.NONE,
    step: Fraction | None = None,
) -> Allocation:
    """Fund by equal shares, then complete as fixed before opening.

    `step` is what Completion.RAISE adds to every share in each trial, by default one percent of
    the first share in whole money units; the trials end when nothing more fits the budget or
    the next outcome would exceed it. Under Utility.COST a project without cost is worth nothing
    and is left to the completion.
    """
    trial = _Trial(election, ties, utility or default_utility(election))
    share = Fraction(election.budget, len(election.ballots) or 1)
    outcome = trial.outcome(share)
    if completion is Completion.GREEDY:
        return complete(election, ties, outcome)
    if completion is Completion.RAISE:
        step = step or Fraction(max(1, ceil(share / 100)))
        while not trial.is_exhaustive(outcome):
            share += step
            larger = trial.outcome(share)
            if larger.left < 0:
                break
            outcome = larger
    return outcome


class _Supporter(NamedTuple):
    """Voters with equal ballots: their class, how many they are, their utility."""

    voters: int
    number: int
    utility: int


class _Price(NamedTuple):
    """ρ = rest / weight, and how many supporters pay with all they have."""

    rest: int
    weight: int
    emptied: int


@dataclass
class _Purses:
    """What one voter of each class holds, in units of 1/scale."""

    held: list[int]
    scale: int

    def price(self, cost: int, supporters: Iterable[_Supporter]) -> _Price | None:
        """ρ in units of 1/scale, found by dropping those who cannot pay their full part."""
        rich = [(self.held[s.voters], s.number, s.utility) for s in supporters]
        rest, emptied = cost * self.scale, 0
        if sum(purse * number for purse, number, _ in rich) < rest:
            return None
        while True:
            weight = sum(number * utility for _, number, utility in rich)
            poor = [voters for voters in rich if voters[0] * weight < rest * voters[2]]
            if not poor:
                return _Price(rest, weight, emptied)
            rich = [voters for voters in rich if voters[0] * weight >= rest * voters[2]]
            rest -= sum(purse * number for purse, number, _ in poor)
            emptied += sum(number for _, number, _ in poor)

    def charge(self, price: _Price, payers: Iterable[_Supporter]) -> None:
        """Take min(purse, ρ·utility) from every payer."""
        common = gcd(price.rest, price.weight)
        rest, weight = price.rest // common, price.weight // common
        held = [purse * weight for purse in self.held]
        for payer in payers:
            held[payer.voters] -= min(held[payer.voters], rest * payer.utility)
        common = gcd(self.scale * weight, *held)
        self.held = [purse // common for purse in held]
        self.scale = self.scale * weight // common


class _Trial:
    """An election in integers, ready to be run with any share."""

    def __init__(self, election: Election, ties: TieRule, utility: Utility) -> None:
        self.budget, self.costs = election.budget, election.costs
        self.place = ties.precedence(election.projects)
        self.money_unit = lcm(*(cost.denominator for cost in self.costs.values()))
        self.utility_unit = lcm(*(p.denominator for b in election.ballots for p in b.values()))
        by_cost = utility is Utility.COST
        if by_cost:
            self.utility_unit *= self.money_unit
        ballots = Counter(frozenset(ballot.items()) for ballot in election.ballots)
        self.classes = len(ballots)
        self.supporters: dict[str, list[_Supporter]] = {code: [] for code in self.costs}
        for index, (ballot, number) in enumerate(ballots.items()):
            for code, points in ballot:
                worth = int(points * (self.costs[code] if by_cost else 1) * self.utility_unit)
                if worth:
                    self.supporters[code].append(_Supporter(index, number, worth))
        self.supported = [code for code in self.costs if self.supporters[code]]

    def outcome(self, share: Fraction) -> Allocation:
        """Run the rule with this much in every purse."""
        units = share * self.money_unit
        purses = _Purses([units.numerator] * self.classes, units.denominator)
        winners: list[str] = []
        rounds: list[Round] = []
        spent = Fraction(0)
        waiting = dict.fromkeys(self.supported, Fraction(0))
        while (best := self._cheapest(purses, waiting)) is not None:
            code, price = best
            spent += self.costs[code]
            figures = self._figures(code, price, purses) | {"share": share, "spent": spent}
            rounds.append(Round(len(rounds) + 1, "fund", code, figures))
            winners.append(code)
            purses.charge(price, self.supporters[code])
            del waiting[code]
        return Allocation(tuple(winners), spent, self.budget, tuple(rounds))

    def is_exhaustive(self, outcome: Allocation) -> bool:
        """Whether no further supported project fits the money left."""
        rest = (code for code in self.supported if code not in outcome.winners)
        return all(self.costs[code] > outcome.left for code in rest)

    def _cheapest(self, purses: _Purses, waiting: dict[str, Fraction]) -> tuple[str, _Price] | None:
        """The project with the smallest ρ; `waiting` keeps the last ρ known of each.

        Purses only shrink, so ρ only grows: a project whose last ρ is above the best of this
        round need not be looked at, and one out of reach leaves for good.
        """
        best: tuple[tuple[Fraction, int], str, _Price] | None = None
        for code in sorted(waiting, key=lambda code: (waiting[code], self.place[code])):
            if best is not None and waiting[code] > best[0][0]:
                break
            price = purses.price(int(self.costs[code] * self.money_unit), self.supporters[code])
            if price is None:
                del waiting[code]
                continue
            waiting[code] = Fraction(price.rest, price.weight * purses.scale)
            rank = (waiting[code], self.place[code])
            if best is None or rank < best[0]:
                best = (rank, code, price)
        return None if best is None else best[1:]

    def _figures(self, code: str, price: _Price, purses: _Purses) -> dict[str, object]:
        """What a round is explained by: ρ, what a full payment is, who pays it."""
        rho = Fraction(price.rest, price.weight * purses.scale * self.money_unit)
        supporters = self.supporters[code]
        largest = max(
            min(purses.held[s.voters] * price.weight, price.rest * s.utility) for s in supporters
        )
        return {
            "cost": self.costs[code],
            "rho": rho * self.utility_unit,
            "supporters": sum(s.number for s in supporters),
            "emptied": price.emptied,
            "largest_payment": Fraction(largest, price.weight * purses.scale * self.money_unit),
        }
