"""One door to all counting rules: a ballot's definition and its ballots in, the result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from . import budgeting, equal_shares, ranked, tally
from .chain import Json
from .definition import BUDGETING, Ballot, Definition, Method, Result
from .presets import PLAIN
from .quorum import Amount, Decision, Figures, Outcome, Rule, evaluate, total
from .tally import Choice, InvalidBallotError, Round, Tally


def count(
    definition: Definition, ballots: Sequence[Ballot], present: Amount | None = None
) -> Result:
    """Count. `present` is attendance where a meeting voted; without it, who voted was present.

    Raises InvalidBallotError for a choice the method does not allow.
    """
    if definition.method is Method.YES_NO:
        return _yes_no(definition, ballots, present)
    choices = [ballot.choice for ballot in ballots]
    result = _budget(definition, choices) if definition.method in BUDGETING else None
    result = result or _options(definition, choices)
    if definition.quorum is None:
        return result
    decision = evaluate(_only_quorum(definition.quorum), _figures(definition, ballots, present))
    if decision.outcome is Outcome.NO_QUORUM:
        return Result(
            result.method, Outcome.NO_QUORUM, (), decision.results, result.totals, result.rounds
        )
    return Result(**{**vars(result), "tests": decision.results})


def _yes_no(definition: Definition, ballots: Sequence[Ballot], present: Amount | None) -> Result:
    rule = definition.quorum or PLAIN
    figures = _figures(definition, ballots, present)
    decision: Decision = evaluate(rule, figures)
    totals = {str(choice): _side(ballots, choice).persons for choice in Choice}
    winners = (str(Choice.YES),) if decision.outcome is Outcome.PASS else ()
    rounds = (Round(1, "total", None, {"totals": totals}),)
    return Result(Method.YES_NO, decision.outcome, winners, decision.results, totals, rounds)


def _figures(definition: Definition, ballots: Sequence[Ballot], present: Amount | None) -> Figures:
    cast = total(ballot.weight for ballot in ballots)
    sides = {choice: Amount() for choice in Choice}
    if definition.method is Method.YES_NO:
        sides = {choice: _side(ballots, choice) for choice in Choice}
        if total(sides.values()) != cast:
            raise InvalidBallotError("an answer other than yes, no or abstain")
    return Figures(
        eligible=definition.eligible or cast,
        agree=sides[Choice.YES],
        disagree=sides[Choice.NO],
        abstain=sides[Choice.ABSTAIN],
        cast=cast,
        present=present or cast,
    )


def _side(ballots: Sequence[Ballot], choice: Choice) -> Amount:
    return total(ballot.weight for ballot in ballots if ballot.choice == str(choice))


def _only_quorum(rule: Rule) -> Rule:
    """Between several options only the quorum of a rule applies, not its majority."""
    return Rule(rule.name, tuple(test for test in rule.tests if test.is_quorum), rule.source)


def _options(definition: Definition, choices: Sequence[Any]) -> Result:
    settings, seats, ties = definition, definition.seats, definition.ties
    counters: dict[Method, Callable[[], Tally]] = {
        Method.SINGLE: lambda: tally.single(settings.options, choices, seats, ties=ties),
        Method.APPROVAL: lambda: tally.approval(
            settings.options, choices, seats, ties=ties, most=settings.most
        ),
        Method.SCORE: lambda: tally.score(
            settings.options, choices, seats, ties=ties, low=settings.low, high=settings.high
        ),
        Method.POINTS: lambda: tally.points(
            settings.options, choices, seats, ties=ties, budget=settings.points
        ),
        Method.SCHULZE: lambda: ranked.schulze(settings.options, choices, seats, ties=ties),
        Method.IRV: lambda: ranked.instant_runoff(settings.options, choices, ties=ties),
    }
    _check_shape(definition.method, choices)
    counted = counters[definition.method]()
    outcome = Outcome.PASS if counted.winners else Outcome.REJECT
    return Result(
        definition.method,
        outcome,
        counted.winners,
        (),
        counted.totals,
        counted.rounds,
        counted.tied,
    )


_SHAPES: dict[Method, type | tuple[type, ...]] = {
    Method.SINGLE: (str, type(None)),
    Method.APPROVAL: (list, tuple),
    Method.SCHULZE: (list, tuple),
    Method.IRV: (list, tuple),
    Method.SCORE: dict,
    Method.POINTS: dict,
}


def _check_shape(method: Method, choices: Sequence[Json]) -> None:
    if not all(isinstance(choice, _SHAPES[method]) for choice in choices):
        raise InvalidBallotError(f"a choice that is no {method} ballot")


def _budget(definition: Definition, choices: Sequence[Any]) -> Result:
    election = _election(definition, choices)
    if definition.method is Method.GREEDY:
        allocation = budgeting.greedy(election, definition.ties)
    else:
        allocation = equal_shares.equal_shares(
            election,
            definition.ties,
            utility=definition.utility,
            completion=definition.completion,
        )
    return allocated(definition.method, election, allocation)


def _election(definition: Definition, choices: Sequence[Any]) -> budgeting.Election:
    if not all(isinstance(choice, dict if definition.spread else list) for choice in choices):
        raise InvalidBallotError("a choice that is no budget ballot")
    if any(len(set(choice)) != len(choice) for choice in choices):
        raise InvalidBallotError("a project is marked twice")
    marks = tuple(
        {code: Fraction(points) for code, points in choice.items()}
        if definition.spread
        else dict.fromkeys(choice, Fraction(1))
        for choice in choices
    )
    return budgeting.Election(
        definition.budget, definition.options, marks, approval=not definition.spread
    )


def allocated(
    method: Method, election: budgeting.Election, allocation: budgeting.Allocation
) -> Result:
    """The result of a budget vote."""
    outcome = Outcome.PASS if allocation.winners else Outcome.REJECT
    return Result(method, outcome, allocation.winners, (), election.scores(), allocation.rounds)
