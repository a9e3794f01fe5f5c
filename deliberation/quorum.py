"""Quorum and majority: whether a vote counts and whether it passes, in integers.

A rule is a list of tests, each a fraction that a count must reach or exceed of a base, measured
in persons, in area or in households. Only three things can be counted: who was present, who
cast a ballot, who agreed. Absence cannot be counted for a side because no test can express it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Base(StrEnum):
    """What a count is compared with."""

    ELIGIBLE = "eligible"
    CAST = "cast"
    PRESENT = "present"
    SEATED = "seated"


class Measure(StrEnum):
    """The unit of counting; area is in whole square centimetres."""

    PERSONS = "persons"
    AREA = "area"
    HOUSEHOLDS = "households"


class Subject(StrEnum):
    """What is counted. The first two make a quorum, the last a majority."""

    PRESENT = "present"
    CAST = "cast"
    AGREE = "agree"


class Comparison(StrEnum):
    """以上 includes the number itself, 过半数 and 超过 do not (民法典 1259)."""

    AT_LEAST = ">="
    MORE_THAN = ">"


class Outcome(StrEnum):
    """What a vote came to."""

    PASS = "pass"  # noqa: S105 - the outcome of a vote, no password
    REJECT = "reject"
    NO_QUORUM = "no_quorum"
    TIE = "tie"


@dataclass(frozen=True)
class Amount:
    """How much of the electorate: persons, area in cm², households."""

    persons: int = 0
    area: int = 0
    households: int = 0

    def __post_init__(self) -> None:
        if min(self.persons, self.area, self.households) < 0:
            raise ValueError("an amount cannot be negative")

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.persons + other.persons,
            self.area + other.area,
            self.households + other.households,
        )

    def of(self, measure: Measure) -> int:
        return {
            Measure.PERSONS: self.persons,
            Measure.AREA: self.area,
            Measure.HOUSEHOLDS: self.households,
        }[measure]

    def within(self, other: Amount) -> bool:
        return all(self.of(measure) <= other.of(measure) for measure in Measure)


def total(amounts: Iterable[Amount]) -> Amount:
    """Sum of amounts."""
    return sum(amounts, Amount())


@dataclass(frozen=True)
class Figures:
    """The figures of one vote.

    `cast` holds every ballot handed in, abstentions and invalid ones included; agree, disagree
    and abstain are parts of it. Raises ValueError when a part is larger than its whole.
    """

    eligible: Amount
    agree: Amount = field(default_factory=Amount)
    disagree: Amount = field(default_factory=Amount)
    abstain: Amount = field(default_factory=Amount)
    cast: Amount = field(default_factory=Amount)
    present: Amount = field(default_factory=Amount)
    seated: Amount = field(default_factory=Amount)

    def __post_init__(self) -> None:
        if not total((self.agree, self.disagree, self.abstain)).within(self.cast):
            raise ValueError("more votes than ballots cast")
        if not self.cast.within(self.eligible) or not self.present.within(self.eligible):
            raise ValueError("more ballots or attendants than are eligible")

    def base(self, base: Base) -> Amount:
        return {
            Base.ELIGIBLE: self.eligible,
            Base.CAST: self.cast,
            Base.PRESENT: self.present,
            Base.SEATED: self.seated,
        }[base]

    def subject(self, subject: Subject) -> Amount:
        return {
            Subject.PRESENT: self.present,
            Subject.CAST: self.cast,
            Subject.AGREE: self.agree,
        }[subject]


@dataclass(frozen=True)
class Test:
    """`count · denominator ≥ base · numerator` (or `>`); `name` is what the result shows."""

    __test__ = False

    name: str
    subject: Subject
    base: Base
    measure: Measure
    comparison: Comparison
    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 < self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator}/{self.denominator} is no share of a whole")

    @property
    def is_quorum(self) -> bool:
        return self.subject is not Subject.AGREE

    def to_json(self) -> dict[str, str | int]:
        return {name: v if isinstance(v, int) else str(v) for name, v in vars(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Test:
        """The test again; KeyError or ValueError when it is none."""
        return cls(
            str(data["name"]),
            Subject(data["subject"]),
            Base(data["base"]),
            Measure(data["measure"]),
            Comparison(data["comparison"]),
            int(data["numerator"]),
            int(data["denominator"]),
        )

    def needed(self, base: int) -> int:
        """The smallest count that meets the test."""
        if self.comparison is Comparison.AT_LEAST:
            return -(-base * self.numerator // self.denominator)
        return base * self.numerator // self.denominator + 1

    def apply(self, figures: Figures) -> TestResult:
        """Compare; nothing is a share of an empty base, so such a test is never met."""
        count = figures.subject(self.subject).of(self.measure)
        base = figures.base(self.base).of(self.measure)
        left, right = count * self.denominator, base * self.numerator
        reached = left >= right if self.comparison is Comparison.AT_LEAST else left > right
        return TestResult(self, count, base, self.needed(base), base > 0 and reached)


@dataclass(frozen=True)
class TestResult:
    """A test with its figures: `numerator` of `denominator`, `needed` to meet it."""

    __test__ = False

    test: Test
    numerator: int
    denominator: int
    needed: int
    met: bool


@dataclass(frozen=True)
class Rule:
    """A named list of tests with its source.

    `ties` says whether equal numbers for and against are reported as a tie; where a law says
    what is needed, equality is simply not enough and the outcome is reject.
    """

    name: str
    tests: tuple[Test, ...]
    source: str
    ties: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "tests": [test.to_json() for test in self.tests]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        """The rule again; KeyError or ValueError when it is none."""
        tests = tuple(Test.from_json(test) for test in data["tests"])
        return cls(str(data["name"]), tests, str(data["source"]), bool(data["ties"]))


@dataclass(frozen=True)
class Decision:
    """The outcome of a vote with every test and its figures."""

    rule: Rule
    outcome: Outcome
    results: tuple[TestResult, ...]


def evaluate(rule: Rule, figures: Figures) -> Decision:
    """Apply all tests of a rule; every one must be met for the outcome to be pass."""
    results = tuple(test.apply(figures) for test in rule.tests)
    return Decision(rule, _outcome(rule, figures, results), results)


def _outcome(rule: Rule, figures: Figures, results: tuple[TestResult, ...]) -> Outcome:
    if not _all_met(results, lambda result: result.test.is_quorum):
        return Outcome.NO_QUORUM
    if _all_met(results, lambda result: not result.test.is_quorum):
        return Outcome.PASS
    failed = [r.test.measure for r in results if not r.met]
    level = all(figures.agree.of(m) == figures.disagree.of(m) for m in failed)
    voted = figures.agree != Amount()
    return Outcome.TIE if rule.ties and level and voted else Outcome.REJECT


def _all_met(results: tuple[TestResult, ...], chosen: Callable[[TestResult], bool]) -> bool:
    return all(result.met for result in results if chosen(result))
