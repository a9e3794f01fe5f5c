"""Counting rules by addition: yes/no, single choice, approval, score and points.

Every function takes the options in their published order and the ballots in any order; the
result does not depend on the order of the ballots. Totals are integers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from .ties import Option, TieRule

_Ballot = TypeVar("_Ballot")


class Choice(StrEnum):
    """An answer to a yes/no question."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class InvalidBallotError(ValueError):
    """A ballot that the rule does not allow; the message says why."""


@dataclass(frozen=True)
class Round:
    """One step of a count: what happened, to whom, with which figures."""

    number: int
    action: str
    option: str | None
    figures: Mapping[str, object]


@dataclass(frozen=True)
class Tally:
    """A counted vote.

    `order` holds all options from first to last, `winners` the chosen ones, `tied` those whose
    equal totals were decided by the tie rule at the last seat, `rounds` the explanation.
    """

    order: tuple[str, ...]
    winners: tuple[str, ...]
    totals: Mapping[str, int]
    tied: tuple[str, ...]
    rounds: tuple[Round, ...]


def single(
    options: Sequence[Option], ballots: Iterable[str | None], seats: int = 1, *, ties: TieRule
) -> Tally:
    """One option each, None for a blank ballot: most votes first (plurality)."""
    marks = ([] if ballot is None else [ballot] for ballot in ballots)
    return approval(options, marks, seats, most=1, ties=ties)


def approval(
    options: Sequence[Option],
    ballots: Iterable[Collection[str]],
    seats: int = 1,
    *,
    ties: TieRule,
    most: int | None = None,
) -> Tally:
    """Any number of options, at most `most` (multiple choice when given): most votes first."""

    def check(marks: Collection[str]) -> dict[str, int]:
        if len(set(marks)) != len(marks):
            raise InvalidBallotError("an option is marked twice")
        if most is not None and len(marks) > most:
            raise InvalidBallotError(f"{len(marks)} options marked, {most} allowed")
        return dict.fromkeys(marks, 1)

    return _add_up(options, ballots, check, seats, ties)


def score(
    options: Sequence[Option],
    ballots: Iterable[Mapping[str, int]],
    seats: int = 1,
    *,
    ties: TieRule,
    low: int = 0,
    high: int = 5,
) -> Tally:
    """A score from `low` to `high` for each option, none given counts 0: highest sum first."""

    def check(scores: Mapping[str, int]) -> Mapping[str, int]:
        if any(not low <= value <= high for value in scores.values()):
            raise InvalidBallotError(f"a score outside {low} to {high}")
        return scores

    return _add_up(options, ballots, check, seats, ties)


def points(
    options: Sequence[Option],
    ballots: Iterable[Mapping[str, int]],
    seats: int = 1,
    *,
    ties: TieRule,
    budget: int,
) -> Tally:
    """Up to `budget` points to spread over the options: highest sum first (cumulative voting)."""

    def check(spread: Mapping[str, int]) -> Mapping[str, int]:
        if any(value < 0 for value in spread.values()) or sum(spread.values()) > budget:
            raise InvalidBallotError(f"points must be positive and at most {budget} together")
        return spread

    return _add_up(options, ballots, check, seats, ties)


def _add_up(
    options: Sequence[Option],
    ballots: Iterable[_Ballot],
    check: Callable[[_Ballot], Mapping[str, int]],
    seats: int,
    ties: TieRule,
) -> Tally:
    totals: Counter[str] = Counter({option.code: 0 for option in options})
    for ballot in ballots:
        marks = check(ballot)
        refuse_unknown(marks, totals)
        totals.update(marks)
    return ranked_by(totals, options, seats, ties)


def refuse_unknown(marks: Iterable[str], known: Collection[str]) -> None:
    """Raise InvalidBallotError for an option that is not on the ballot paper."""
    unknown = sorted(set(marks) - set(known))
    if unknown:
        raise InvalidBallotError(f"not on the ballot paper: {', '.join(unknown)}")


def ranked_by(
    totals: Mapping[str, int], options: Sequence[Option], seats: int, ties: TieRule
) -> Tally:
    """Order options by total, then by the tie rule; an option without support never wins."""
    place = ties.precedence(options)
    order = tuple(sorted(place, key=lambda code: (-totals[code], place[code])))
    winners = tuple(code for code in order[:seats] if totals[code] > 0)
    counts = {code: totals[code] for code in order}
    return Tally(order, winners, counts, _tied(order, totals, len(winners)), _result(counts))


def _tied(order: Sequence[str], totals: Mapping[str, int], chosen: int) -> tuple[str, ...]:
    """The options level with the last winner when one of them was left out."""
    if not 0 < chosen < len(order) or totals[order[chosen - 1]] != totals[order[chosen]]:
        return ()
    return tuple(code for code in order if totals[code] == totals[order[chosen]])


def _result(totals: Mapping[str, int]) -> tuple[Round, ...]:
    return (Round(1, "total", None, {"totals": dict(totals)}),)
