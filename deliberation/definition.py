"""What is fixed before a ballot opens, one ballot, and a result, all with a plain JSON form.

The definition is part of the event log, so that a verifier counts again with nothing but the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from .chain import Json
from .equal_shares import Completion, Utility
from .quorum import Amount, Outcome, Rule, TestResult
from .tally import Round
from .ties import Option, TieBreak, TieRule


class Method(StrEnum):
    """The counting rules by the names used in files and on the command line."""

    YES_NO = "yes-no"
    SINGLE = "single"
    APPROVAL = "approval"
    SCORE = "score"
    POINTS = "points"
    SCHULZE = "schulze"
    IRV = "irv"
    GREEDY = "greedy"
    EQUAL_SHARES = "equal-shares"


BUDGETING = frozenset({Method.GREEDY, Method.EQUAL_SHARES})


@dataclass(frozen=True)
class Definition:
    """What is fixed before a ballot opens.

    `most` limits marks (approval), `low` and `high` bound a score, `points` is what a voter may
    spread, `budget` the money. `quorum` is the rule a yes/no vote must meet (plain majority without
    one); between options only its tests of participation apply. Without `eligible` everybody who
    voted counts as eligible. `spread` says whether budget ballots give points.
    """

    method: Method
    options: tuple[Option, ...] = ()
    seats: int = 1
    ties: TieRule = field(default_factory=TieRule)
    most: int | None = None
    low: int = 0
    high: int = 5
    points: int = 10
    budget: Fraction = Fraction(0)
    spread: bool = False
    utility: Utility | None = None
    completion: Completion = Completion.NONE
    quorum: Rule | None = None
    eligible: Amount | None = None

    def __post_init__(self) -> None:
        if self.seats < 1 or self.points < 1 or (self.most is not None and self.most < 1):
            raise ValueError("seats, points and marks are at least one")
        if self.low > self.high:
            raise ValueError("the lowest score is above the highest")

    def to_json(self) -> dict[str, Json]:
        """Plain JSON with exact money ("a/b" when not whole)."""
        fields: dict[str, Any] = dict(vars(self))
        fields["options"] = [
            {"code": o.code, "cost": exact(o.cost), "name": o.name} for o in self.options
        ]
        fields["ties"] = {"kind": str(self.ties.kind), "seed": self.ties.seed}
        fields["budget"] = exact(self.budget)
        fields["eligible"] = asdict(self.eligible) if self.eligible else None
        fields["quorum"] = self.quorum.to_json() if self.quorum else None
        return {name: str(v) if isinstance(v, StrEnum) else v for name, v in fields.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Definition:
        """The definition again; ValueError, KeyError or TypeError when it is none."""
        fields = dict(data)
        fields["method"] = Method(data["method"])
        fields["options"] = tuple(
            Option(o["code"], Fraction(o["cost"]), o["name"]) for o in data["options"]
        )
        fields["ties"] = TieRule(TieBreak(data["ties"]["kind"]), data["ties"]["seed"])
        fields["budget"] = Fraction(data["budget"])
        fields["utility"] = Utility(data["utility"]) if data["utility"] else None
        fields["completion"] = Completion(data["completion"])
        fields["eligible"] = Amount(**data["eligible"]) if data["eligible"] else None
        fields["quorum"] = Rule.from_json(data["quorum"]) if data["quorum"] else None
        return cls(**fields)


@dataclass(frozen=True)
class Ballot:
    """One ballot: its choice in the form of its method, and what it stands for.

    Forms: yes-no "yes", "no" or "abstain"; single a code or null; approval and budgets a list of
    codes; score, points and budgets with points an object of code to number; rankings a list of
    codes from best to worst.
    """

    choice: Json
    weight: Amount = field(default_factory=lambda: Amount(persons=1))


@dataclass(frozen=True)
class Result:
    """A counted ballot: winners, outcome, the quorum and majority tests, the rounds."""

    method: Method
    outcome: Outcome
    winners: tuple[str, ...]
    tests: tuple[TestResult, ...]
    totals: Mapping[str, int | Fraction]
    rounds: tuple[Round, ...]
    tied: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Plain JSON; fractions as whole numbers or "a/b"."""
        return {
            "rule": str(self.method),
            "outcome": str(self.outcome),
            "winners": list(self.winners),
            "tests": [_test_json(result) for result in self.tests],
            "totals": exact(self.totals),
            "rounds": [_round_json(step) for step in self.rounds],
            "tied": list(self.tied),
        }


def exact(value: object) -> Any:
    """Fractions as whole numbers or "a/b", through mappings and sequences."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    if isinstance(value, Mapping):
        return {key: exact(part) for key, part in value.items()}
    return value


def _test_json(result: TestResult) -> dict[str, Json]:
    return {
        "name": result.test.name,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "met": result.met,
        "needed": result.needed,
        "comparison": str(result.test.comparison),
        "fraction": f"{result.test.numerator}/{result.test.denominator}",
    }


def _round_json(step: Round) -> dict[str, Json]:
    figures: dict[str, Json] = exact(step.figures)
    head: dict[str, Json] = {"number": step.number, "action": step.action, "option": step.option}
    return head | figures
