"""The time bank: asked by leave, given by known people, confirmed by both, paid once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import care, care_givers, care_settling, consents, ledger, personal_data
from services.access import Forbidden
from services.ledger import Unit
from storage.care import CareGiver, CareRequest
from tests.neighbours.village import HOURS, NOW, Village, staff, who

NEW = care.NewCare("escort", "周三上午", 120, "有心脏病，走得慢", True, "13800138000")


def one(session: Session) -> CareRequest:
    return session.scalars(select(CareRequest)).one()


def giver(session: Session, name: str = "li") -> CareGiver:
    found = care_givers.giver_of(session, who(session, name))
    assert found is not None
    return found


def hours(village: Village, name: str) -> int:
    return village.see(lambda s: ledger.balance(s, who(s, name), Unit.HOURS))


def welcome(session: Session, name: str = "li") -> None:
    """Makes a resident a giver whom the staff know."""
    made = care_givers.volunteer(session, who(session, name), "能陪诊", None, HOURS, NOW)
    care_givers.decide_giver(session, staff(session, "wang"), made, accept=True, now=NOW)


def say(village: Village, name: str, minutes: int) -> bool:
    return village.do(lambda s: care_settling.confirm(s, one(s), who(s, name), minutes, HOURS, NOW))


@pytest.fixture
def bank(village: Village) -> Village:
    """wang asks for herself, li is a known giver."""

    def work(session: Session) -> None:
        welcome(session)
        care.request(session, who(session, "wang"), who(session, "wang"), NEW, HOURS, NOW)

    village.do(work)
    return village


@pytest.fixture
def matched(bank: Village) -> Village:
    bank.do(lambda s: care.match(s, one(s), giver(s), None, NOW))
    return bank


def test_notes_are_unreadable_at_rest(bank: Village) -> None:
    raw = bank.see(lambda s: s.execute(text("SELECT notes, phone FROM care_requests")).one())
    assert "心脏病".encode() not in bytes(raw[0])
    assert b"138" not in bytes(raw[1])


def test_for_another_it_takes_their_leave_and_they_hear(village: Village) -> None:
    def ask(session: Session) -> None:
        care.request(session, who(session, "chen"), who(session, "wang"), NEW, HOURS, NOW)

    with pytest.raises(consents.NoConsent):
        village.do(ask)
    village.do(lambda s: consents.give(s, who(s, "wang"), who(s, "chen"), consents.Scope.CARE, NOW))
    village.do(ask)
    assert "家人为您约了陪诊" in village.told("wang")[0]


def test_only_people_the_staff_know_come(village: Village) -> None:
    """Somebody who has just put the name down sees nothing and takes nothing."""

    def work(session: Session) -> None:
        made = care_givers.volunteer(session, who(session, "li"), "能陪诊", None, HOURS, NOW)
        care.request(session, who(session, "wang"), who(session, "wang"), NEW, HOURS, NOW)
        assert care.open_requests(session, made) == []

    village.do(work)
    with pytest.raises(care.BadCare):
        village.do(lambda s: care.match(s, one(s), giver(s), None, NOW))
    with pytest.raises(Forbidden):
        village.do(
            lambda s: care_givers.decide_giver(s, staff(s, "li"), giver(s), accept=True, now=NOW)
        )


def test_hours_move_when_both_say_the_same_and_only_then(matched: Village) -> None:
    """Without saved hours the community's fund pays."""
    assert not say(matched, "li", 120)
    assert hours(matched, "li") == 0
    assert say(matched, "wang", 120)
    assert hours(matched, "li") == 120
    with pytest.raises(care.BadCare):
        say(matched, "wang", 120)
    done = matched.see(one)
    assert (done.state, done.paid_by, done.notes, done.phone) == ("done", "fund", None, None)


def test_saved_hours_pay_before_the_fund(matched: Village) -> None:
    matched.do(lambda s: ledger.credit(s, who(s, "wang"), Unit.HOURS, 150, "seed", "存的", NOW))
    say(matched, "wang", 120)
    say(matched, "li", 120)
    assert (hours(matched, "wang"), hours(matched, "li")) == (30, 120)
    assert matched.see(one).paid_by == "own"


def test_different_times_wait_for_each_other_or_for_staff(matched: Village) -> None:
    """Staff settle with a reason; nobody else does."""
    say(matched, "li", 180)
    assert not say(matched, "wang", 120)
    with pytest.raises(care.BadCare):
        matched.do(lambda s: care_settling.settle(s, staff(s, "wang"), one(s), 150, " ", NOW))
    with pytest.raises(Forbidden):
        matched.do(lambda s: care_settling.settle(s, staff(s, "li"), one(s), 150, "问过", NOW))
    matched.do(lambda s: care_settling.settle(s, staff(s, "wang"), one(s), 150, "问过两边", NOW))
    assert hours(matched, "li") == 150


def test_a_giver_who_cannot_come_gives_it_free(matched: Village) -> None:
    matched.do(lambda s: care.cancel(s, one(s), who(s, "li"), NOW))
    assert (matched.see(one).state, matched.see(one).giver_id) == ("open", None)
    assert "再帮您找人" in matched.told("wang")[-1]
    matched.do(lambda s: care.cancel(s, one(s), who(s, "wang"), NOW))
    assert (matched.see(one).state, matched.see(one).notes) == ("cancelled", None)


def test_nobody_is_both_sides(bank: Village) -> None:
    bank.do(lambda s: welcome(s, "wang"))
    with pytest.raises(care.BadCare):
        bank.do(lambda s: care.match(s, one(s), giver(s, "wang"), None, NOW))


def test_what_nobody_takes_ends_after_two_weeks(bank: Village) -> None:
    assert bank.do(lambda s: care.expire(s, bank.later(days=13))) == 0
    assert bank.do(lambda s: care.expire(s, bank.later(days=1))) == 1
    assert "没找到人" in bank.told("wang")[-1]


def test_a_forgotten_elder_leaves_no_notes_and_the_hours_stay(matched: Village) -> None:
    matched.do(lambda s: personal_data.forget(s, who(s, "wang"), NOW))
    left = matched.see(one)
    assert (left.notes, left.phone, left.state) == (None, None, "cancelled")
