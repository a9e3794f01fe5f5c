"""The one door to all counting rules, and ballots in CSV."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from deliberation import ballot_csv
from deliberation.counting import count
from deliberation.definition import Ballot, Definition, Method
from deliberation.presets import OWNERS_ORDINARY, RESIDENTS_MEETING
from deliberation.quorum import Amount, Outcome
from deliberation.tally import InvalidBallotError
from deliberation.ties import Option

OPTIONS = (Option("a", Fraction(6)), Option("b", Fraction(5)), Option("c", Fraction(1)))


def ballots(*choices: Any) -> list[Ballot]:
    return [Ballot(choice) for choice in choices]


def test_owners_vote_with_areas() -> None:
    """A yes/no ballot under 民法典 278 shows the four tests with their figures."""
    definition = Definition(Method.YES_NO, quorum=OWNERS_ORDINARY, eligible=Amount(3, 3_000_000))
    cast = [Ballot("yes", Amount(1, 1_500_000)), Ballot("no", Amount(1, 500_000))]
    result = count(definition, cast)
    assert result.outcome is Outcome.REJECT
    assert [(t["name"], t["numerator"], t["denominator"], t["met"]) for t in shown(result)] == [
        ("参与面积", 2_000_000, 3_000_000, True),
        ("参与人数", 2, 3, True),
        ("同意面积", 1_500_000, 2_000_000, True),
        ("同意人数", 1, 2, False),
    ]


def shown(result: Any) -> Any:
    return result.to_json()["tests"]


def test_a_plain_yes_no_vote_says_who_won() -> None:
    """Winner yes when it passes, nobody otherwise; a tie is a tie."""
    definition = Definition(Method.YES_NO)
    assert count(definition, ballots("yes", "yes", "no")).winners == ("yes",)
    assert count(definition, ballots("yes", "no")).outcome is Outcome.TIE
    assert count(definition, []).outcome is Outcome.REJECT


def test_between_options_only_the_quorum_of_a_rule_applies() -> None:
    """Too few voters, no winner; enough of them, and the most votes win without a majority."""
    definition = Definition(Method.SINGLE, OPTIONS, quorum=OWNERS_ORDINARY, eligible=Amount(6, 60))
    votes = [Ballot(code, Amount(1, 10)) for code in ("a", "a", "b", "c")]
    assert count(definition, votes[:3]).outcome is Outcome.NO_QUORUM
    assert count(definition, votes[:3]).winners == ()
    found = count(definition, votes)
    assert found.winners == ("a",)
    assert found.outcome is Outcome.PASS
    assert all(result.test.is_quorum for result in found.tests)


def test_attendance_counts_who_was_there_and_did_not_vote() -> None:
    """居民会议: 51 of 100 present, 26 for it; who was present and silent is in the base."""
    definition = Definition(Method.YES_NO, quorum=RESIDENTS_MEETING, eligible=Amount(100))
    votes = ballots(*["yes"] * 26, *["no"] * 2)
    assert count(definition, votes, present=Amount(51)).outcome is Outcome.PASS
    assert count(definition, votes, present=Amount(52)).outcome is Outcome.REJECT
    assert count(definition, votes).outcome is Outcome.NO_QUORUM


@pytest.mark.parametrize(
    ("method", "choices", "winners"),
    [
        (Method.SINGLE, ["a", None, "b", "b"], ("b",)),
        (Method.APPROVAL, [["a", "c"], ["c"]], ("c",)),
        (Method.SCORE, [{"a": 5, "b": 4}, {"b": 4}], ("b",)),
        (Method.POINTS, [{"a": 10}, {"c": 9}], ("a",)),
        (Method.SCHULZE, [["c", "a"], ["c", "b"], ["a"]], ("c",)),
        (Method.IRV, [["c", "a"], ["a"], ["b", "a"]], ("a",)),
        (Method.GREEDY, [["a", "c"], ["a", "b"]], ("a", "c")),
        (Method.EQUAL_SHARES, [["b", "c"], ["b"]], ("b", "c")),
    ],
)
def test_every_method_is_counted_by_its_rule(
    method: Method, choices: list[Any], winners: tuple[str, ...]
) -> None:
    """With budget 7 where there is one, and the explanation in plain JSON."""
    result = count(Definition(method, OPTIONS, budget=Fraction(7)), ballots(*choices))
    assert result.winners == winners
    plain = result.to_json()
    assert plain["rule"] == str(method)
    assert plain["outcome"] == "pass"
    assert plain["rounds"]


def test_budget_ballots_can_give_points() -> None:
    """Points are the utility then."""
    definition = Definition(Method.GREEDY, OPTIONS, budget=Fraction(6), spread=True)
    assert count(definition, ballots({"b": 3}, {"a": 2})).winners == ("b", "c")[:1]


@pytest.mark.parametrize(
    ("method", "choice"),
    [
        (Method.YES_NO, "maybe"),
        (Method.SINGLE, ["a"]),
        (Method.APPROVAL, "a"),
        (Method.SCORE, ["a"]),
        (Method.GREEDY, {"a": 1}),
        (Method.GREEDY, ["a", "a"]),
    ],
)
def test_a_choice_of_another_form_is_refused(method: Method, choice: Any) -> None:
    """A list where a code belongs, an unknown answer, a project twice."""
    options = () if method is Method.YES_NO else OPTIONS
    with pytest.raises(InvalidBallotError):
        count(Definition(method, options), ballots(choice))


def test_a_csv_of_ballots_keeps_the_last_row_of_a_voter() -> None:
    """Rows without a voter are different people; areas are in m²."""
    text = "\ufeffvoter,vote,area\n王,yes,89.53\n李,反对,100\n王,弃权,89.53\n,yes,\n,yes,\n"
    assert ballot_csv.read(text, Method.YES_NO) == [
        Ballot("no", Amount(1, 1_000_000)),
        Ballot("abstain", Amount(1, 895_300)),
        Ballot("yes"),
        Ballot("yes"),
    ]


@pytest.mark.parametrize(
    ("method", "written", "choice"),
    [
        (Method.YES_NO, "赞成", "yes"),
        (Method.SINGLE, " a ", "a"),
        (Method.SINGLE, "", None),
        (Method.APPROVAL, "a, b", ["a", "b"]),
        (Method.SCORE, "a=3, b=0", {"a": 3, "b": 0}),
        (Method.POINTS, "x=y=2", {"x=y": 2}),
        (Method.IRV, "b > a", ["b", "a"]),
    ],
)
def test_votes_are_written_plainly(method: Method, written: str, choice: Any) -> None:
    """One cell for one vote."""
    assert ballot_csv.choice(written, method) == choice


@pytest.mark.parametrize(
    ("method", "text", "reason"),
    [
        (Method.YES_NO, "vote\nyes\nperhaps\n", "line 3"),
        (Method.SCORE, "vote\na\n", "line 2: 'a' is not written"),
        (Method.SCORE, "vote\na=x\n", "line 2"),
        (Method.SINGLE, "ballot\na\n", "no column vote"),
        (Method.SINGLE, "vote,area\na,many\n", "line 2: not an area"),
    ],
)
def test_faulty_rows_are_named_by_line(method: Method, text: str, reason: str) -> None:
    """Nothing is skipped in silence."""
    with pytest.raises(InvalidBallotError, match=reason):
        ballot_csv.read(text, method)
