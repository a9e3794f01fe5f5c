"""Participatory budgeting: projects, ballots, greedy selection and shares per block.

The method of equal shares is in `equal_shares`. Money is exact (Fraction), so a file in whole
yuan and one in fen are treated alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .tally import InvalidBallotError, Round
from .ties import Option, TieRule

Marks = Mapping[str, Fraction]


@dataclass(frozen=True)
class Election:
    """A budget, its projects (options with costs) and the ballots.

    A ballot maps project codes to points, 1 each where voters approve. Raises
    InvalidBallotError for a project that does not exist or points that are not positive.
    """

    budget: Fraction
    projects: tuple[Option, ...]
    ballots: tuple[Marks, ...]
    approval: bool = True

    def __post_init__(self) -> None:
        if self.budget < 0 or any(project.cost < 0 for project in self.projects):
            raise ValueError("money cannot be negative")
        known = {project.code for project in self.projects}
        for ballot in self.ballots:
            if not ballot.keys() <= known:
                raise InvalidBallotError(f"unknown projects: {sorted(ballot.keys() - known)}")
            if any(value <= 0 for value in ballot.values()):
                raise InvalidBallotError("points must be positive; leave out what gets none")

    @property
    def costs(self) -> dict[str, Fraction]:
        return {project.code: project.cost for project in self.projects}

    def scores(self) -> dict[str, Fraction]:
        """Sum of points of each project (its votes, where voters approve)."""
        sums: Counter[str] = Counter()
        scores = dict.fromkeys(self.costs, Fraction(0))
        if self.approval:
            for ballot in self.ballots:
                sums.update(ballot.keys())
            return scores | {code: Fraction(n) for code, n in sums.items()}
        for ballot in self.ballots:
            for code, value in ballot.items():
                scores[code] += value
        return scores


@dataclass(frozen=True)
class Allocation:
    """Funded projects in the order of funding, what they cost, and the explanation."""

    winners: tuple[str, ...]
    spent: Fraction
    budget: Fraction
    rounds: tuple[Round, ...]

    @property
    def left(self) -> Fraction:
        return self.budget - self.spent


def greedy(election: Election, ties: TieRule) -> Allocation:
    """Fund by descending score, skip what does not fit or has no support.

    The rule of most cities; see Pabulib (Faliszewski et al., IJCAI 2023), `rule;greedy`.
    """
    return complete(election, ties, Allocation((), Fraction(0), election.budget, ()))


def complete(election: Election, ties: TieRule, begun: Allocation) -> Allocation:
    """Go on greedily with the money that another rule left."""
    scores, costs = election.scores(), election.costs
    winners, left, rounds = list(begun.winners), begun.left, list(begun.rounds)
    for code in by_score(election, ties):
        if code in begun.winners or not scores[code]:
            continue
        fits = costs[code] <= left
        if fits:
            winners.append(code)
            left -= costs[code]
        figures = {"score": scores[code], "cost": costs[code], "left": left}
        rounds.append(Round(len(rounds) + 1, "fund" if fits else "skip", code, figures))
    return Allocation(tuple(winners), election.budget - left, election.budget, tuple(rounds))


def by_score(election: Election, ties: TieRule) -> list[str]:
    """Projects by descending score, ties by the rule."""
    scores, place = election.scores(), ties.precedence(election.projects)
    return sorted(place, key=lambda code: (-scores[code], place[code]))
