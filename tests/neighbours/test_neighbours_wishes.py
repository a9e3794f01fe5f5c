"""Wishes: supported once each, taken up by one partner, told to all, rated by supporters."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import organisations, wishes
from storage.board import Wish
from storage.organisations import Organisation
from tests.neighbours.village import HOURS, NOW, Village, staff, who


def wish(session: Session) -> Wish:
    return session.scalars(select(Wish)).one()


@pytest.fixture
def wished(village: Village) -> Village:
    """A wish of wang's that is public."""

    def work(session: Session) -> None:
        made = wishes.wish_for(session, who(session, "wang"), "每月磨一次剪刀", HOURS, NOW)
        made.state = "open"

    village.do(work)
    return village


def test_support_counts_once_each(wished: Village) -> None:
    assert not wished.do(lambda s: wishes.support(s, wish(s), who(s, "wang"), NOW))
    assert wished.do(lambda s: wishes.support(s, wish(s), who(s, "li"), NOW))
    assert not wished.do(lambda s: wishes.support(s, wish(s), who(s, "li"), NOW))
    assert wished.see(lambda s: wishes.row_of(s, wish(s)).supporters) == 2


def test_a_partner_takes_it_up_once_and_supporters_hear(wished: Village) -> None:
    """What another partner took is not to be had, and not to be finished by it."""
    wished.do(lambda s: wishes.support(s, wish(s), who(s, "li"), NOW))
    with pytest.raises(wishes.BadWish):
        wished.do(lambda s: wishes.take_up(s, staff(s, "partner"), wish(s), None, " ", NOW))
    plan = "每月第一个周六上午，东门"
    wished.do(lambda s: wishes.take_up(s, staff(s, "partner"), wish(s), None, plan, NOW))
    assert all(plan in wished.told(name)[-1] for name in ("wang", "li"))
    with pytest.raises(wishes.BadWish):
        wished.do(lambda s: wishes.take_up(s, staff(s, "partner2"), wish(s), None, plan, NOW))
    with pytest.raises(wishes.BadWish):
        wished.do(lambda s: wishes.complete(s, staff(s, "partner2"), wish(s), "好了", NOW))
    wished.do(lambda s: wishes.complete(s, staff(s, "partner"), wish(s), "磨了32把", NOW))
    assert "磨了32把" in wished.told("li")[-1]


def test_supporters_rate_the_partner_once(wished: Village) -> None:
    wished.do(lambda s: wishes.take_up(s, staff(s, "partner"), wish(s), None, "周六", NOW))
    assert not wished.do(lambda s: wishes.rate(s, wish(s), who(s, "wang"), 3, NOW))
    wished.do(lambda s: wishes.complete(s, staff(s, "partner"), wish(s), "磨了", NOW))
    assert wished.do(lambda s: wishes.rate(s, wish(s), who(s, "wang"), 3, NOW))
    assert not wished.do(lambda s: wishes.rate(s, wish(s), who(s, "wang"), 1, NOW))
    number = wished.see(lambda s: s.scalars(select(Organisation.id)).all())[0]
    assert wished.see(lambda s: organisations.judged(s, [number]))[number].good == 1
