"""Quorum and majority, above all the boundaries of 民法典 278."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.presets import (
    CALL_BY_GROUPS,
    CALL_BY_HOUSEHOLDS,
    CALL_BY_RESIDENTS,
    HOME_TO_BUSINESS,
    HOUSEHOLDS_MEETING,
    OWNERS_ORDINARY,
    OWNERS_SPECIAL,
    PARTY_MEMBERS,
    PLAIN,
    PRESETS,
    RESIDENTS_MEETING,
    VILLAGE_HOUSEHOLDS_MEETING,
    VILLAGE_REPRESENTATIVES,
)
from deliberation.quorum import (
    Amount,
    Base,
    Comparison,
    Figures,
    Measure,
    Outcome,
    Rule,
    Subject,
    Test,
    evaluate,
)

ORDINARY, SPECIAL = OWNERS_ORDINARY, OWNERS_SPECIAL
PASS, REJECT, SHORT = Outcome.PASS, Outcome.REJECT, Outcome.NO_QUORUM
BIG, ALL, NIL = (300, 3_000_000), (300, 3000), (0, 0)
E18 = 10**18

# why, rule, eligible, yes, no, abstain as (persons, area in cm²), outcome
CASES = [
    # participation, 300 persons and 3 000 000 cm²
    ("all agree", ORDINARY, BIG, (300, 3_000_000), NIL, NIL, PASS),
    ("nobody votes", ORDINARY, BIG, NIL, NIL, NIL, SHORT),
    ("exactly 2/3 of both", ORDINARY, BIG, (200, 2_000_000), NIL, NIL, PASS),
    ("one person short", ORDINARY, BIG, (199, 2_000_000), NIL, NIL, SHORT),
    ("one cm² short", ORDINARY, BIG, (200, 1_999_999), NIL, NIL, SHORT),
    ("one cm² over", ORDINARY, BIG, (200, 2_000_001), NIL, NIL, PASS),
    ("persons enough, area not", ORDINARY, BIG, (290, 1_000_000), NIL, NIL, SHORT),
    ("area enough, persons not", ORDINARY, BIG, (100, 2_900_000), NIL, NIL, SHORT),
    ("a no takes part as well", ORDINARY, BIG, (101, 1_000_001), (99, 999_999), NIL, PASS),
    ("an abstention takes part", ORDINARY, BIG, (101, 1_000_001), NIL, (99, 999_999), PASS),
    ("2/3 of 100 is not 66", ORDINARY, (100, 300), (66, 200), NIL, NIL, SHORT),
    ("2/3 of 100 is reached by 67", ORDINARY, (100, 300), (67, 200), NIL, NIL, PASS),
    ("2/3 of 101 is not 67", ORDINARY, (101, 300), (67, 200), NIL, NIL, SHORT),
    ("2/3 of 101 is reached by 68", ORDINARY, (101, 300), (68, 200), NIL, NIL, PASS),
    ("2/3 of an area of 100 is not 66", ORDINARY, (3, 100), (2, 66), NIL, NIL, SHORT),
    ("2/3 of an area of 100 is reached by 67", ORDINARY, (3, 100), (2, 67), NIL, NIL, PASS),
    ("one owner of one", ORDINARY, (1, 890_000), (1, 890_000), NIL, NIL, PASS),
    ("one owner of two", ORDINARY, (2, 200), (1, 100), NIL, NIL, SHORT),
    ("two owners of three", ORDINARY, (3, 300), (2, 200), NIL, NIL, PASS),
    ("an electorate of nobody", ORDINARY, NIL, NIL, NIL, NIL, SHORT),
    # ordinary matters: more than half of those taking part
    ("exactly half of both", ORDINARY, ALL, (100, 1000), (100, 1000), NIL, REJECT),
    ("half of the persons", ORDINARY, ALL, (100, 1001), (100, 999), NIL, REJECT),
    ("half of the area", ORDINARY, ALL, (101, 1000), (99, 1000), NIL, REJECT),
    ("one person and one cm² over half", ORDINARY, ALL, (101, 1001), (99, 999), NIL, PASS),
    ("abstentions make it half", ORDINARY, ALL, (100, 1000), NIL, (100, 1000), REJECT),
    ("abstentions make it less than half", ORDINARY, ALL, (99, 990), (10, 100), (91, 910), REJECT),
    ("more yes than no is not enough", ORDINARY, ALL, (99, 1000), (50, 500), (60, 600), REJECT),
    ("absent owners do not raise the bar", ORDINARY, ALL, (101, 1001), (99, 999), NIL, PASS),
    ("a third of all persons can decide", ORDINARY, ALL, (101, 1001), (99, 999), NIL, PASS),
    ("an odd number of voters", ORDINARY, (201, 2010), (101, 1006), (100, 1004), NIL, PASS),
    ("one large owner is not enough", ORDINARY, (100, 1000), (1, 700), (99, 300), NIL, REJECT),
    ("many small owners are not enough", ORDINARY, (100, 1000), (99, 300), (1, 700), NIL, REJECT),
    ("all abstain", ORDINARY, ALL, NIL, NIL, (300, 3000), REJECT),
    # special matters: three quarters of those taking part
    ("exactly 3/4 of both", SPECIAL, ALL, (150, 1500), (50, 500), NIL, PASS),
    ("one person short of 3/4", SPECIAL, ALL, (149, 1500), (51, 500), NIL, REJECT),
    ("one cm² short of 3/4", SPECIAL, ALL, (150, 1499), (50, 501), NIL, REJECT),
    ("3/4 with abstentions", SPECIAL, ALL, (150, 1500), NIL, (50, 500), PASS),
    ("abstentions below 3/4", SPECIAL, ALL, (149, 1490), NIL, (51, 510), REJECT),
    ("3/4 of 201 is not 150", SPECIAL, ALL, (150, 1600), (51, 400), NIL, REJECT),
    ("3/4 of 201 is reached by 151", SPECIAL, ALL, (151, 1600), (50, 400), NIL, PASS),
    ("more than half is not 3/4", SPECIAL, ALL, (120, 1200), (80, 800), NIL, REJECT),
    ("half of all agree exactly", SPECIAL, ALL, (150, 1500), (50, 500), NIL, PASS),
    ("no quorum although all agree", SPECIAL, ALL, (199, 1999), NIL, NIL, SHORT),
    ("3/4 of the area, not of persons", SPECIAL, ALL, (100, 1900), (100, 100), NIL, REJECT),
    ("3/4 of persons, not of the area", SPECIAL, ALL, (190, 1000), (10, 1000), NIL, REJECT),
    ("large areas stay exact", SPECIAL, (4, 4 * E18), (3, 3 * E18), (1, E18), NIL, PASS),
    ("large, one cm² short", SPECIAL, (4, 4 * E18), (3, 3 * E18 - 1), (1, E18 + 1), NIL, REJECT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "eligible", "yes", "no", "abstain", "outcome"),
    [case[1:] for case in CASES],
    ids=[f"{case[1].name}: {case[0]}" for case in CASES],
)
def test_owners_decide_as_article_278_says(
    rule: Rule,
    eligible: tuple[int, int],
    yes: tuple[int, int],
    no: tuple[int, int],
    abstain: tuple[int, int],
    outcome: Outcome,
) -> None:
    """Two thirds take part by persons and area; then more than 1/2, or 3/4, of those."""
    agree, disagree, abstaining = Amount(*yes), Amount(*no), Amount(*abstain)
    cast = agree + disagree + abstaining
    decision = evaluate(rule, Figures(Amount(*eligible), agree, disagree, abstaining, cast))
    assert decision.outcome is outcome
    assert len(decision.results) == 4


def test_the_table_has_at_least_forty_cases() -> None:
    """The boundary table covers the article broadly."""
    assert len(CASES) >= 40


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(Comparison), st.integers(1, 9))
def test_a_test_is_a_comparison_of_fractions(
    count: int, more: int, comparison: Comparison, numerator: int
) -> None:
    """The integer test equals the comparison of exact fractions, and `needed` is its boundary."""
    base = count + more
    test = Test(
        "t", Subject.CAST, Base.ELIGIBLE, Measure.PERSONS, comparison, numerator, numerator + 2
    )
    figures = Figures(Amount(base), cast=Amount(count))
    result = test.apply(figures)
    share = Fraction(numerator, numerator + 2)
    if base == 0:
        assert not result.met
        return
    reached = Fraction(count, base) >= share
    exceeded = Fraction(count, base) > share
    assert result.met is (reached if comparison is Comparison.AT_LEAST else exceeded)
    assert result.met is (count >= result.needed)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_absence_is_on_no_side(yes: int, no: int, abstain: int, absent: int) -> None:
    """More absent people never turn a rejection into a pass, nor change a majority test."""
    agree, disagree, abstaining = Amount(yes, yes), Amount(no, no), Amount(abstain, abstain)
    voted = yes + no + abstain

    def decide(absent: int) -> list[bool]:
        eligible = Amount(voted + absent, voted + absent)
        decision = evaluate(
            ORDINARY, Figures(eligible, agree, disagree, abstaining, Amount(voted, voted))
        )
        return [result.met for result in decision.results if not result.test.is_quorum]

    assert decide(0) == decide(absent)


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "outcome"),
    [
        (2, 1, 0, Outcome.PASS),
        (1, 1, 0, Outcome.TIE),
        (5, 5, 3, Outcome.TIE),
        (5, 4, 1, Outcome.REJECT),
        (0, 0, 4, Outcome.REJECT),
        (0, 0, 0, Outcome.REJECT),
        (1, 2, 0, Outcome.REJECT),
    ],
)
def test_a_plain_vote_needs_more_than_half_and_can_tie(
    yes: int, no: int, abstain: int, outcome: Outcome
) -> None:
    """A tie is as many for as against; half of the ballots is not more than half."""
    cast = Amount(yes + no + abstain)
    figures = Figures(cast, Amount(yes), Amount(no), Amount(abstain), cast)
    assert evaluate(PLAIN, figures).outcome is outcome


@pytest.mark.parametrize(
    ("rule", "eligible", "present", "agree", "outcome"),
    [
        (RESIDENTS_MEETING, 100, 50, 50, SHORT),
        (RESIDENTS_MEETING, 100, 51, 25, REJECT),
        (RESIDENTS_MEETING, 100, 51, 26, PASS),
        (RESIDENTS_MEETING, 100, 60, 30, REJECT),
        (HOUSEHOLDS_MEETING, 9, 5, 3, PASS),
        (HOUSEHOLDS_MEETING, 9, 4, 4, SHORT),
        (PARTY_MEMBERS, 30, 20, 15, PASS),
        (PARTY_MEMBERS, 30, 20, 14, REJECT),
        (PARTY_MEMBERS, 30, 19, 19, SHORT),
        (PARTY_MEMBERS, 31, 21, 16, PASS),
        (PARTY_MEMBERS, 31, 21, 15, REJECT),
        (VILLAGE_REPRESENTATIVES, 30, 20, 11, PASS),
        (VILLAGE_REPRESENTATIVES, 30, 20, 10, REJECT),
        (VILLAGE_HOUSEHOLDS_MEETING, 30, 19, 19, SHORT),
    ],
)
def test_meetings_count_attendance_first(
    rule: Rule, eligible: int, present: int, agree: int, outcome: Outcome
) -> None:
    """居委会组织法 9, 村民委员会组织法 22 and 26, 四议两公开: attendance, then agreement."""

    def people(number: int) -> Amount:
        return Amount(number, 0, number)

    figures = Figures(
        people(eligible),
        agree=people(agree),
        disagree=people(present - agree),
        cast=people(present),
        present=people(present),
    )
    assert evaluate(rule, figures).outcome is outcome


@pytest.mark.parametrize(("agree", "outcome"), [(7, PASS), (6, REJECT)])
def test_a_home_becomes_business_premises_only_with_every_interested_owner(
    agree: int, outcome: Outcome
) -> None:
    """民法典 279 asks for all of them; one who does not answer is enough to stop it."""
    figures = Figures(Amount(7), agree=Amount(agree), cast=Amount(agree))
    assert evaluate(HOME_TO_BUSINESS, figures).outcome is outcome


@pytest.mark.parametrize(
    ("test", "eligible", "signed", "met"),
    [
        (CALL_BY_RESIDENTS, Amount(1001), Amount(200), False),
        (CALL_BY_RESIDENTS, Amount(1001), Amount(201), True),
        (CALL_BY_RESIDENTS, Amount(1000), Amount(200), True),
        (CALL_BY_HOUSEHOLDS, Amount(0, 0, 500), Amount(0, 0, 100), True),
        (CALL_BY_HOUSEHOLDS, Amount(0, 0, 501), Amount(0, 0, 100), False),
        (CALL_BY_GROUPS, Amount(10), Amount(3), False),
        (CALL_BY_GROUPS, Amount(9), Amount(3), True),
    ],
)
def test_a_meeting_is_called_by_a_fifth_or_a_third(
    test: Test, eligible: Amount, signed: Amount, met: bool
) -> None:
    """居委会组织法 10: one fifth of residents or households, one third of the groups."""
    assert test.apply(Figures(eligible, agree=signed, cast=signed)).met is met


def test_impossible_figures_are_refused() -> None:
    """More votes than ballots, more ballots than electors and negative amounts cannot be."""
    with pytest.raises(ValueError, match="more votes"):
        Figures(Amount(9), agree=Amount(3), cast=Amount(2))
    with pytest.raises(ValueError, match="eligible"):
        Figures(Amount(1), cast=Amount(2))
    with pytest.raises(ValueError, match="negative"):
        Amount(-1)


def test_a_share_is_between_nothing_and_everything() -> None:
    """A test can neither be met by nobody nor ask for more than all."""
    for numerator, denominator in ((0, 1), (3, 2)):
        with pytest.raises(ValueError, match="share"):
            Test(
                "t",
                Subject.AGREE,
                Base.CAST,
                Measure.AREA,
                Comparison.AT_LEAST,
                numerator,
                denominator,
            )


def test_every_preset_names_its_source() -> None:
    """What is published with a result says where its rule comes from."""
    assert all(rule.source and rule.tests for rule in PRESETS.values())
