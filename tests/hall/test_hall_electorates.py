"""The electorate: frozen from the register, as the law counts owners, households and people."""

from __future__ import annotations

import json

import pytest

from services import (
    ballot_reading,
    electorates,
    hall_residents,
    personal_data,
    proposals,
    register,
    voting,
)
from services.ballots import BadBallot
from services.calendar import OfficeHours
from services.processes import Electors
from services.proposals import NotNow
from services.question_forms import BadQuestions, on_the_way, read_questions
from services.register import BadRegister, HomeLine
from tests.hall.world import PLACE, Hall


def _import(world: Hall, *lines: HomeLine) -> None:
    register.import_homes(world.session, world.staff(), world.community.id, lines, world.now)


def test_co_owners_are_one_person_and_an_owner_of_two_homes_too(hall_world: Hall) -> None:
    """法释〔2009〕7号 8, 9: areas in whole cm²; the developer's homes are one person."""
    _import(
        hall_world,
        HomeLine("A1", "甲1", PLACE, "50.01", ("P1",), ("P1",)),
        HomeLine("A2", "甲2", PLACE, "60", ("P2", "Q2"), ("P2",)),
        HomeLine("A3", "甲3", PLACE, "70", (), (), with_developer=True),
        HomeLine("A4", "甲4", PLACE, "80", (), (), with_developer=True),
    )
    ballot = hall_world.ballot()
    eligible = ballot_reading.turnout(hall_world.session, ballot).eligible
    assert eligible is not None
    assert eligible.persons == 12 + 2, "P1 has two homes; P2 with Q2, and the developer, are new"
    assert eligible.area == 12 * 983_200 + 500_100 + 600_000 + 1_500_000
    mine = voting.electors_of(hall_world.session, ballot, hall_world.resident(1))
    assert [(one.code, one.area) for one in mine] == [("3-2-0001", 983_200 + 500_100)]
    both = voting.electors_of(hall_world.session, ballot, hall_world.resident(2))
    assert len(both) == 2, "alone and with Q2 are two buyers"


def test_who_moves_in_after_opening_has_no_vote(hall_world: Hall) -> None:
    """The electorate and its hash stay as they were at opening."""
    ballot = hall_world.ballot()
    _import(hall_world, HomeLine("A9", "甲9", PLACE, "50", ("P99",), ("P99",)))
    eligible = ballot_reading.turnout(hall_world.session, ballot).eligible
    assert eligible is not None
    assert eligible.persons == 12
    now = electorates.hash_of(electorates.voices(hall_world.session, ballot))
    assert now != ballot.electorate_hash


def test_a_home_without_area_or_owner_holds_up_the_plan_with_its_name(hall_world: Hall) -> None:
    """Staff read which line of the register is wanting."""
    _import(hall_world, HomeLine("A9", "甲9", PLACE, "0", ("P99",), ("P99",)))
    with pytest.raises(BadBallot, match="甲9没有登记面积"):
        hall_world.ballot()


def test_children_have_no_vote_of_their_own_and_make_no_household(hall_world: Hall) -> None:
    """Adults of the register vote; a household has one vote however many live there."""
    community = hall_world.community.id
    _import(hall_world, HomeLine("A9", "甲9", PLACE, "50", ("P1",), ("P1", "C1", "P50")))
    register.name_people(hall_world.session, community, [("C1", "小明", False)])
    topic = hall_world.in_ballot("3x")
    persons = hall_world.ballot(topic)
    households = hall_world.ballot(topic, electorate=Electors.HOUSEHOLDS)
    sizes = [
        ballot_reading.turnout(hall_world.session, one).eligible for one in (persons, households)
    ]
    assert [size.persons for size in sizes if size] == [13, 13]
    assert sizes[1] is not None
    assert sizes[1].households == 13


def test_an_area_is_read_as_a_title_deed_writes_it() -> None:
    """Whole 0.01 m²; anything finer or no number is refused."""
    assert register.hundredths("98.32") == 9832
    for wrong in ("98.325", "large", "-1", "NaN"):
        with pytest.raises(BadRegister):
            register.hundredths(wrong)


def test_a_vote_of_nobody_in_the_register_is_not_planned(hall_world: Hall) -> None:
    """A place where nobody lives, a person who is not there."""
    topic = hall_world.in_ballot("3x")
    with pytest.raises(BadBallot, match="没有有表决权的人"):
        hall_world.ballot(topic, place_path="/HPJD/demo/G3/")
    with pytest.raises(BadBallot, match="名册里没有：P77"):
        hall_world.ballot(topic, electorate=Electors.LISTED, listed=("P1", "P77"))


def test_a_proposal_needs_a_twentieth_of_the_adults_and_at_least_five(hall_world: Hall) -> None:
    """The threshold is fixed at opening; support can be taken back; the author cannot support."""
    session, author = hall_world.session, hall_world.resident(1)
    one = proposals.propose(session, author, "装长椅", OfficeHours(), hall_world.now)
    one.state, one.needed, one.base = "open", 5, 12
    with pytest.raises(NotNow):
        proposals.support(session, one, author, hall_world.now)
    for _ in range(2):
        assert proposals.support(session, one, hall_world.resident(2), hall_world.now) == 1
    assert proposals.take_back(session, one, hall_world.resident(2)) == 0


def test_jumps_of_a_questionnaire_only_go_forward() -> None:
    """A loop is refused; answers off the way no longer count."""
    first = {"key": "a", "text": "一", "kind": "single", "options": ["是", "否"]}
    last = {"key": "b", "text": "二", "kind": "single", "options": ["是", "否"]}
    with pytest.raises(BadQuestions, match="只能往后跳"):
        read_questions([first, {**last, "goto": {"否": "a"}}])
    asked = read_questions([{**first, "goto": {"否": "end"}}, last])
    assert on_the_way(asked, {"a": "否", "b": "是"}) == ("a",)


def test_who_is_forgotten_leaves_a_vote_without_a_person(hall_world: Hall) -> None:
    """The roll and the count stay; the register knows the account no more."""
    ballot, who = hall_world.ballot(), hall_world.resident(1)
    receipt = hall_world.vote(ballot, 1, "yes")
    told = hall_residents.export(hall_world.session, who)
    assert told["votes"][0]["receipt"] == receipt
    assert "yes" not in json.dumps(told)
    personal_data.forget(hall_world.session, who, hall_world.now)
    assert register.person_of(hall_world.session, who) is None
    hall_world.close(ballot)
    assert ballot.result is not None
    assert ballot.result["totals"]["yes"] == 1
