"""Who is one person among owners, and with how much area."""

from __future__ import annotations

import pytest

from deliberation.owners import (
    DEVELOPER,
    Unit,
    Unsold,
    electorate,
    interested,
    square_centimetres,
)
from deliberation.presets import OWNERS_ORDINARY
from deliberation.quorum import Amount, Outcome, evaluate
from deliberation.tally import Choice

HOUSE = [
    Unit("1-101", 893_000, ("王",)),
    Unit("1-102", 1_002_000, ("李", "张")),
    Unit("1-201", 893_000, ("赵",)),
    Unit("1-202", 1_002_000, ("赵",)),
    Unit("1-301", 893_000, with_developer=True),
    Unit("1-302", 1_002_000, ("钱",), with_developer=True),
]


def test_co_owners_are_one_person() -> None:
    """A couple that owns a unit together has one vote with the whole area."""
    couple = electorate(HOUSE[1:2])
    assert couple.eligible == Amount(1, 1_002_000)
    assert set(couple.electors[0].owners) == {"李", "张"}


def test_an_owner_of_several_units_is_one_person_with_all_areas() -> None:
    """Areas add up, heads do not."""
    assert electorate(HOUSE[2:4]).eligible == Amount(1, 1_895_000)


def test_the_order_in_which_co_owners_are_written_does_not_matter() -> None:
    """The same two buyers of two units are one person."""
    units = [Unit("1", 100, ("李", "张")), Unit("2", 100, ("张", "李"))]
    assert electorate(units).eligible == Amount(1, 200)


def test_alone_and_together_are_two_buyers() -> None:
    """One unit of one's own and one shared with somebody are not of the same buyer."""
    units = [Unit("1", 100, ("李",)), Unit("2", 100, ("张", "李"))]
    assert electorate(units).eligible == Amount(2, 200)


def test_the_developer_is_one_person_with_what_is_unsold_or_not_handed_over() -> None:
    """法释〔2009〕7号 article 9."""
    people = electorate(HOUSE)
    developer = next(e for e in people.electors if e.owners == (DEVELOPER,))
    assert developer.units == ("1-301", "1-302")
    assert developer.area == 1_895_000
    assert people.eligible == Amount(4, 5_685_000)


def test_local_rules_may_leave_the_developer_out() -> None:
    """Then neither head nor area count, in the electorate and so in every base."""
    assert electorate(HOUSE, Unsold.EXCLUDED).eligible == Amount(3, 3_790_000)


@pytest.mark.parametrize(
    ("unsold", "outcome"), [(Unsold.ONE_PERSON, Outcome.NO_QUORUM), (Unsold.EXCLUDED, Outcome.PASS)]
)
def test_the_setting_for_unsold_units_can_decide_the_quorum(
    unsold: Unsold, outcome: Outcome
) -> None:
    """Two of three owners agree: with the developer's half of the area that is no quorum."""
    units = [Unit(str(n), 100, (f"o{n}",)) for n in range(3)]
    units += [Unit(f"u{n}", 100, with_developer=True) for n in range(3)]
    figures = electorate(units, unsold).figures({"0": Choice.YES, "1": Choice.YES})
    assert evaluate(OWNERS_ORDINARY, figures).outcome is outcome


def test_votes_are_summed_by_side_and_absence_is_none() -> None:
    """Figures hold persons and areas of yes, no and abstain; the absent only in the base."""
    figures = electorate(HOUSE).figures({"1-101": Choice.YES, "1-102": Choice.ABSTAIN})
    assert figures.agree == Amount(1, 893_000)
    assert figures.abstain == Amount(1, 1_002_000)
    assert figures.disagree == Amount()
    assert figures.cast == Amount(2, 1_895_000)


def test_who_is_no_elector_cannot_vote() -> None:
    """A vote for a unit that is merged into another elector is refused as well."""
    with pytest.raises(ValueError, match="not electors: 1-202"):
        electorate(HOUSE).figures({"1-202": Choice.YES})


def test_faulty_registers_are_refused() -> None:
    """A unit twice, without area or without owner is an error of the register."""
    with pytest.raises(ValueError, match="twice"):
        electorate([HOUSE[0], HOUSE[0]])
    with pytest.raises(ValueError, match="area"):
        Unit("1", 0, ("王",))
    with pytest.raises(ValueError, match="no owner"):
        Unit("1", 10)


@pytest.mark.parametrize(("text", "area"), [("89.53", 895_300), ("100", 10**6), (" 0.0001 ", 1)])
def test_areas_are_exact(text: str, area: int) -> None:
    """Square metres with up to four decimals are whole square centimetres."""
    assert square_centimetres(text) == area


@pytest.mark.parametrize("text", ["", "九十", "-1", "0", "NaN", "1.00005", "Infinity"])
def test_areas_that_are_none_are_refused(text: str) -> None:
    """No sign, no word, nothing finer than a square centimetre."""
    with pytest.raises(ValueError, match="area"):
        square_centimetres(text)


ALL = [*HOUSE, Unit("2-101", 700_000, ("孙",)), Unit("2-102", 700_000, ("王",))]
BUILDING = [unit.code for unit in HOUSE]


def test_for_a_shop_the_other_owners_of_the_building_are_asked() -> None:
    """民法典 279, 法释〔2009〕7号 11: not the applicant; the developer as one of them."""
    found = interested(ALL, "1-101", BUILDING)
    assert [set(one.owners) for one in found.electors] == [{"李", "张"}, {"赵"}, {DEVELOPER}]


def test_who_shows_an_interest_elsewhere_is_asked_too_but_not_the_applicant() -> None:
    """The applicant's home in the other building brings no vote either."""
    found = interested(ALL, "1-101", BUILDING, ["2-101", "2-102"])
    assert "2-101" in {one.code for one in found.electors}
    assert not any("王" in one.owners for one in found.electors)


def test_a_co_owner_of_the_applicant_elsewhere_is_somebody_else() -> None:
    """王 alone applies; what 王 and 李 own together is another buyer's."""
    units = [Unit("1", 100, ("王",)), Unit("2", 100, ("王", "李"))]
    assert [one.code for one in interested(units, "1", ["1", "2"]).electors] == ["2"]


def test_a_home_that_is_none_is_refused() -> None:
    """Also as one of those who are interested."""
    for home, others in (("9-9", []), ("1-101", ["9-9"])):
        with pytest.raises(ValueError, match="9-9"):
            interested(ALL, home, BUILDING, others)
