"""Votes: one each, the last counts, hidden until closing, checked by receipt, verified."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from deliberation.tally import InvalidBallotError
from deliberation.verify import verify
from services import (
    ballot_log,
    ballot_reading,
    ballots,
    consents,
    paper_votes,
    vote_receipts,
    voting,
)
from services.ballot_log import StillOpen
from services.ballots import BadBallot
from services.consents import Scope
from services.processes import Electors
from services.voting import AlreadyVoted, NotOpen, NoVoice
from storage.ballots import BallotKey, ChosenVote, Elector, RollEntry, SealedVote
from tests.hall.world import DAY, HOUR, Hall


def test_a_named_vote_by_owners_is_counted_by_persons_and_area(hall_world: Hall) -> None:
    """民法典 278: two thirds take part by area and persons, more than half of them agree."""
    ballot = hall_world.ballot()
    for number in range(1, 10):
        hall_world.vote(ballot, number, "yes" if number < 7 else "no")
    hall_world.close(ballot)
    assert ballot.result is not None
    tests = {
        t["name"]: (t["numerator"], t["denominator"], t["met"]) for t in ballot.result["tests"]
    }
    assert tests["参与人数"] == (9, 12, True)
    assert tests["参与面积"] == (9 * 983_200, 12 * 983_200, True)
    assert tests["同意人数"] == (6, 9, True)
    assert ballot.result["outcome"] == "pass"


def test_the_last_choice_counts_and_the_receipt_stays(hall_world: Hall) -> None:
    """A change replaces the vote under the same receipt; the log shows both."""
    ballot = hall_world.ballot()
    first = hall_world.vote(ballot, 1, "yes")
    assert hall_world.vote(ballot, 1, "no") == first
    hall_world.close(ballot)
    assert ballot.result is not None
    assert ballot.result["totals"] == {"yes": 0, "no": 1, "abstain": 0}
    exported = ballot_log.exported(hall_world.session, ballot)
    heads = (ballot.head_opened, ballot.head_closed)
    assert verify(exported, heads).whole
    named = vote_receipts.named_votes(hall_world.session, ballot)
    assert [(one.label, one.choice) for one in named] == [("3栋2单元1", "no")]


def test_the_database_refuses_a_second_vote_of_an_elector(hall_world: Hall) -> None:
    """One vote for each elector does not hang on the program alone."""
    ballot = hall_world.ballot()
    hall_world.vote(ballot, 1, "yes")
    entry = hall_world.session.scalars(select(RollEntry)).one()
    again = {"receipt": "AAAA-AAA", "origin": "chat", "at": hall_world.now}
    keys = {name: getattr(entry, name) for name in ("community_id", "ballot_id", "elector_id")}
    with pytest.raises(IntegrityError):
        hall_world.session.execute(insert(RollEntry).values(**again, **keys))
    hall_world.session.rollback()


def test_nothing_of_a_ballot_is_shown_before_it_closes(hall_world: Hall) -> None:
    """No export, no receipts, no named list, no result; turnout alone."""
    ballot = hall_world.ballot()
    hall_world.vote(ballot, 1, "yes")
    for look in (ballot_log.exported, vote_receipts.receipts_of, vote_receipts.named_votes):
        with pytest.raises(StillOpen):
            look(hall_world.session, ballot)
    assert ballot.result is None
    assert ballot_reading.turnout(hall_world.session, ballot).voted.persons == 1


def test_after_closing_a_secret_vote_leaves_no_box_no_key_and_no_choice(hall_world: Hall) -> None:
    """Boxes, key and unconfirmed choices are gone; the log tells receipts and sorted choices."""
    topic = hall_world.in_ballot("3x")
    ballot = hall_world.ballot(topic, secret=True)
    for number, choice in ((1, "yes"), (2, "no"), (3, "yes")):
        hall_world.vote(ballot, number, choice)
    voter = hall_world.resident(4)
    elector = voting.electors_of(hall_world.session, ballot, voter)[0]
    voting.choose(hall_world.session, ballot, elector, voter, "no", hall_world.now)
    hall_world.close(ballot)
    for table in (SealedVote, BallotKey, ChosenVote):
        assert hall_world.session.scalars(select(table)).all() == []
    events = ballot_log.events(hall_world.session, ballot)
    assert all(set(e.payload) == {"receipt"} for e in events if e.kind in ("cast", "change"))
    assert [e.payload["choice"] for e in events if e.kind == "ballot"] == ["no", "yes", "yes"]
    assert verify(ballot_log.exported(hall_world.session, ballot)).whole
    assert vote_receipts.named_votes(hall_world.session, ballot) == []


def test_a_vote_by_area_cannot_be_secret(hall_world: Hall) -> None:
    """The weight alone would name the owner."""
    with pytest.raises(BadBallot, match="只能实名"):
        hall_world.ballot(secret=True)


def test_votes_before_opening_and_after_closing_are_refused(hall_world: Hall) -> None:
    """The deadline counts, also where the job is late."""
    ballot = hall_world.ballot()
    hall_world.now = ballot.closes_at
    with pytest.raises(NotOpen):
        hall_world.vote(ballot, 1, "yes")


def test_a_household_votes_once_by_the_first_hand(hall_world: Hall) -> None:
    """Another member of the household hears that the vote is cast."""
    session, topic = hall_world.session, hall_world.in_ballot("3x")
    ballot = hall_world.ballot(topic, electorate=Electors.HOUSEHOLDS)
    elector = session.scalars(select(Elector).where(Elector.code == "3-2-0001")).one()
    hall_world.vote(ballot, 1, "yes")
    other = voting.Hand("chat", hall_world.resident(2))
    with pytest.raises(AlreadyVoted, match="家里人"):
        voting.put_in(session, ballot, elector, "no", other, hall_world.now)


def test_a_neighbour_votes_for_an_elder_only_with_leave(hall_world: Hall) -> None:
    """Consent for 议事投票 is asked at the moment of voting; the origin is shown."""
    session, ballot = hall_world.session, hall_world.ballot()
    elder, helper = hall_world.resident(1), hall_world.resident(2)
    elector = voting.electors_of(session, ballot, elder)[0]
    voting.choose(session, ballot, elector, helper, "yes", hall_world.now)
    with pytest.raises(NoVoice):
        voting.confirm(session, ballot.id, elector, helper, elder, hall_world.now)
    consents.give(session, elder, helper, Scope.DELIBERATION, hall_world.now)
    assert voting.confirm(session, ballot.id, elector, helper, elder, hall_world.now)
    assert ballot_reading.origins(session, ballot) == {"assisted": 1}


def test_a_paper_ballot_takes_two_people_who_agree(hall_world: Hall) -> None:
    """The second entry is another's; where they differ both are void."""
    session, ballot, now = hall_world.session, hall_world.ballot(), hall_world.now
    wang, chen = hall_world.staff("wang"), hall_world.staff("chen")
    elector = voting.electors_of(session, ballot, hall_world.resident(5))[0]
    first = paper_votes.enter(session, wang, elector, "yes", "paper", now)
    with pytest.raises(paper_votes.SamePerson):
        paper_votes.confirm(session, wang, first, "yes", now)
    assert paper_votes.confirm(session, chen, first, "no", now) is None
    again = paper_votes.enter(session, wang, elector, "yes", "paper", now)
    assert paper_votes.confirm(session, chen, again, "yes", now)
    with pytest.raises(AlreadyVoted, match="纸质"):
        hall_world.vote(ballot, 5, "no")
    assert ballot_reading.origins(session, ballot) == {"paper": 1}


def test_a_receipt_tells_counted_or_not_and_never_the_choice(hall_world: Hall) -> None:
    """核对: counted once the ballot is closed; an unknown code is unknown."""
    ballot = hall_world.ballot()
    code = hall_world.vote(ballot, 1, "yes")
    community = hall_world.community.id
    known = vote_receipts.check_receipt(hall_world.session, community, code.lower())
    assert known is not None
    assert not known.counted
    hall_world.close(ballot)
    known = vote_receipts.check_receipt(hall_world.session, community, code)
    assert known is not None
    assert known.counted
    assert vote_receipts.check_receipt(hall_world.session, community, "0000-000") is None
    assert vote_receipts.receipts_of(hall_world.session, ballot) == [code]


def test_a_ballot_is_extended_once_with_a_reason(hall_world: Hall) -> None:
    """Before closing, to a later moment; the electorate stays as it was."""
    session, ballot, staff = hall_world.session, hall_world.ballot(), hall_world.staff()
    before, until = ballot.electorate_hash, ballot.closes_at + DAY
    with pytest.raises(BadBallot):
        ballots.extend(session, staff, ballot, until, " ", hall_world.now)
    ballots.extend(session, staff, ballot, until, "下雨，很多人没赶上", hall_world.now)
    with pytest.raises(BadBallot, match="一次"):
        ballots.extend(session, staff, ballot, until + HOUR, "再等等", hall_world.now)
    hall_world.vote(ballot, 1, "yes")
    hall_world.close(ballot)
    assert ballot.electorate_hash == before
    assert verify(ballot_log.exported(session, ballot)).whole


def test_a_choice_that_is_no_choice_is_refused(hall_world: Hall) -> None:
    """What is counted is checked when it is chosen."""
    ballot = hall_world.ballot()
    with pytest.raises(InvalidBallotError):
        hall_world.vote(ballot, 1, "maybe")
