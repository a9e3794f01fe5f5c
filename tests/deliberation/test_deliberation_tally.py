"""Counting by addition and by ranking: results, ties and the properties of the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.ranked import instant_runoff, pairwise, schulze, strongest_paths
from deliberation.tally import InvalidBallotError, Tally, approval, points, score, single
from deliberation.ties import Option, TieBreak, TieRule

EARLIER = TieRule()
CODES = ("a", "b", "c", "d")
OPTIONS = tuple(Option(code) for code in CODES)
Count = Callable[[Sequence[Option], Sequence[Any]], Tally]

MARKS = st.lists(st.sampled_from(CODES), unique=True)
SCORES = st.dictionaries(st.sampled_from(CODES), st.integers(0, 5))
SPREAD = st.dictionaries(st.sampled_from(CODES), st.integers(0, 2))
RULES: dict[str, tuple[Count, st.SearchStrategy[Any]]] = {
    "single": (lambda o, b: single(o, b, ties=EARLIER), st.sampled_from([*CODES, None])),
    "approval": (lambda o, b: approval(o, b, ties=EARLIER), MARKS),
    "score": (lambda o, b: score(o, b, ties=EARLIER), SCORES),
    "points": (lambda o, b: points(o, b, ties=EARLIER, budget=9), SPREAD),
    "schulze": (lambda o, b: schulze(o, b, ties=EARLIER), MARKS),
    "irv": (lambda o, b: instant_runoff(o, b, ties=EARLIER), MARKS),
}
RENAMED = dict(zip(CODES, ("z", "y", "x", "w"), strict=True))


def renamed(ballot: Any) -> Any:
    """The same ballot with other names for the options."""
    if isinstance(ballot, dict):
        return {RENAMED[code]: value for code, value in ballot.items()}
    if isinstance(ballot, list):
        return [RENAMED[code] for code in ballot]
    return RENAMED.get(ballot)


@pytest.mark.parametrize("name", RULES)
@given(data=st.data())
def test_the_order_of_ballots_does_not_matter(name: str, data: st.DataObject) -> None:
    """Anonymity: any order of the same ballots gives the same tally, rounds included."""
    count, ballots = RULES[name]
    cast = data.draw(st.lists(ballots, max_size=12))
    shuffled = data.draw(st.permutations(cast))
    assert count(OPTIONS, cast) == count(OPTIONS, shuffled)


@pytest.mark.parametrize("name", RULES)
@given(data=st.data())
def test_the_names_of_options_do_not_matter(name: str, data: st.DataObject) -> None:
    """Neutrality: other names in the same places give the same result under those names."""
    count, ballots = RULES[name]
    cast = data.draw(st.lists(ballots, max_size=12))
    tally = count(OPTIONS, cast)
    other = count([Option(RENAMED[c]) for c in CODES], [renamed(ballot) for ballot in cast])
    assert other.order == tuple(RENAMED[code] for code in tally.order)
    assert other.winners == tuple(RENAMED[code] for code in tally.winners)


def raised(ballot: Any, code: str) -> Any:
    """The same ballot with more support for one option and nothing else changed."""
    if isinstance(ballot, dict):
        return {**ballot, code: min(ballot.get(code, 0) + 1, 5)}
    if ballot is None:
        return code
    if isinstance(ballot, str):
        return ballot
    place = max(ballot.index(code) - 1, 0) if code in ballot else len(ballot)
    rest = [other for other in ballot if other != code]
    return [*rest[:place], code, *rest[place:]]


@pytest.mark.parametrize("name", ["single", "approval", "score", "points", "schulze"])
@given(data=st.data())
def test_more_support_never_harms_the_winner(name: str, data: st.DataObject) -> None:
    """Monotonicity; instant run-off does not have it, see the next test."""
    count, ballots = RULES[name]
    cast = data.draw(st.lists(ballots, min_size=1, max_size=8))
    tally = count(OPTIONS, cast)
    if tally.winners:
        winner = tally.winners[0]
        which = data.draw(st.integers(0, len(cast) - 1))
        changed = [raised(b, winner) if i == which else b for i, b in enumerate(cast)]
        assert count(OPTIONS, changed).winners == (winner,)


def test_instant_runoff_is_not_monotone() -> None:
    """The known example: raising a on two ballots makes it lose, which is why we say so."""
    before = [["a", "b", "c"]] * 6 + [["c", "a", "b"]] * 5 + [["b", "c", "a"]] * 4
    before += [["b", "a", "c"]] * 2
    after = before[:-2] + [["a", "b", "c"]] * 2
    options = OPTIONS[:3]
    assert instant_runoff(options, before, ties=EARLIER).winners == ("a",)
    assert instant_runoff(options, after, ties=EARLIER).winners == ("c",)


@given(st.lists(st.permutations(CODES), max_size=9))
def test_schulze_elects_who_beats_everyone(ballots: list[list[str]]) -> None:
    """The Condorcet criterion."""
    above = pairwise(CODES, ballots)
    tally = schulze(OPTIONS, ballots, ties=EARLIER)
    for code in CODES:
        others = [other for other in CODES if other != code]
        if all(above[code, other] > above[other, code] for other in others):
            assert tally.winners == (code,)


def test_schulze_counts_its_textbook_example() -> None:
    """Schulze 2011, example 1: 45 voters, five options, e before a before c before b before d."""
    groups = {
        "acbed": 5, "adecb": 5, "bedac": 8, "cabed": 3,
        "caebd": 7, "cbade": 2, "dceba": 7, "ebadc": 8,
    }  # fmt: skip
    ballots = [list(order) for order, number in groups.items() for _ in range(number)]
    options = [Option(code) for code in "abcde"]
    tally = schulze(options, ballots, ties=EARLIER)
    assert tally.order == ("e", "a", "c", "b", "d")
    above = pairwise("abcde", ballots)
    path = strongest_paths("abcde", above)
    assert above["a", "b"] == 20
    assert path["e", "a"] == 25
    assert path["a", "e"] == 24
    assert path["b", "d"] == 33


def test_instant_runoff_drops_the_last_until_one_has_more_than_half() -> None:
    """With each round's figures; half of the continuing ballots is not more than half."""
    ballots = [["a"]] * 4 + [["b", "c"]] * 3 + [["c", "b"]] * 2
    tally = instant_runoff(OPTIONS[:3], ballots, ties=EARLIER)
    assert tally.winners == ("b",)
    assert [(r.action, r.option) for r in tally.rounds] == [("drop", "c"), ("elect", "b")]
    assert tally.rounds[1].figures == {"b": 5, "a": 4}


def test_exhausted_ballots_lower_the_half() -> None:
    """A ballot that names nobody left in the race counts in no base."""
    ballots = [["a"]] * 3 + [["b"]] * 2 + [["c"]] * 2 + [["d"]]
    tally = instant_runoff(OPTIONS, ballots, ties=EARLIER)
    assert tally.winners == ("a",)
    assert tally.rounds[-1].figures == {"a": 3, "b": 2}


@pytest.mark.parametrize("name", RULES)
def test_without_ballots_nobody_wins(name: str) -> None:
    """Also nothing is decided by the tie rule then."""
    assert RULES[name][0](OPTIONS, []).winners == ()


def test_several_seats_go_to_the_first_ones() -> None:
    """An option without support never takes a seat."""
    tally = approval(OPTIONS, [["a", "b"], ["b"], ["c"]], 4, ties=EARLIER)
    assert tally.winners == ("b", "a", "c")
    assert tally.totals == {"b": 2, "a": 1, "c": 1, "d": 0}


def test_ties_are_decided_by_the_rule_chosen_before_and_are_shown() -> None:
    """Earlier on the list, lower cost, or a lot with a seed."""
    options = [Option("a", Fraction(300)), Option("b", Fraction(100)), Option("c", Fraction(100))]
    ballots = [["a", "b", "c"]]
    by = {
        kind: approval(options, ballots, ties=TieRule(kind, seed))
        for kind, seed in (
            (TieBreak.EARLIER, ""),
            (TieBreak.LOWER_COST, ""),
            (TieBreak.LOT, "2026-03-01 福彩3D 581"),
        )
    }
    assert by[TieBreak.EARLIER].winners == ("a",)
    assert by[TieBreak.LOWER_COST].winners == ("b",)
    assert by[TieBreak.LOT].winners[0] in {"a", "b", "c"}
    assert all(set(tally.tied) == {"a", "b", "c"} for tally in by.values())


def test_no_tie_is_shown_where_the_seats_are_clear() -> None:
    """Equal totals behind or among the winners need no decision."""
    assert approval(OPTIONS, [["a", "b"], ["a"]], 1, ties=EARLIER).tied == ()
    assert approval(OPTIONS, [["a", "b"]], 2, ties=EARLIER).tied == ()


def test_a_lot_needs_its_seed() -> None:
    """And no other rule has one."""
    with pytest.raises(ValueError, match="seed"):
        TieRule(TieBreak.LOT)
    with pytest.raises(ValueError, match="seed"):
        TieRule(TieBreak.EARLIER, "7")
    with pytest.raises(ValueError, match="twice"):
        EARLIER.precedence([Option("a"), Option("a")])


@pytest.mark.parametrize(
    ("count", "ballot", "reason"),
    [
        (lambda b: single(OPTIONS, b, ties=EARLIER), "x", "not on the ballot"),
        (lambda b: approval(OPTIONS, b, ties=EARLIER), ["a", "a"], "twice"),
        (lambda b: approval(OPTIONS, b, ties=EARLIER, most=1), ["a", "b"], "1 allowed"),
        (lambda b: score(OPTIONS, b, ties=EARLIER, high=3), {"a": 4}, "outside 0 to 3"),
        (lambda b: points(OPTIONS, b, ties=EARLIER, budget=3), {"a": 2, "b": 2}, "at most 3"),
        (lambda b: points(OPTIONS, b, ties=EARLIER, budget=3), {"a": -1}, "positive"),
        (lambda b: schulze(OPTIONS, b, ties=EARLIER), ["a", "a"], "twice"),
        (lambda b: instant_runoff(OPTIONS, b, ties=EARLIER), ["q"], "not on the ballot"),
    ],
)
def test_ballots_against_the_rule_are_refused(
    count: Callable[[list[Any]], Tally], ballot: Any, reason: str
) -> None:
    """The message says what is wrong."""
    with pytest.raises(InvalidBallotError, match=reason):
        count([ballot])
