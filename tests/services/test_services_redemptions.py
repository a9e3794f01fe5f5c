"""Redemption: points and goods move together, whatever fails; limits, codes, time-out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import goods, ledger_chain, redemption_lists, redemptions
from services.goods import Label, StaleGoods
from services.ledger import Insufficient
from services.pickup_codes import new_code, read_code, say_code
from services.redemptions import LimitReached, NotReserved, SoldOut
from storage.engine import Database
from storage.ledger import LedgerAccount
from storage.messages import OutboxMessage
from storage.points import Goods, Redemption
from tests.services.points_world import NOW, earn, have, home, person, shelve, worker

SOAP = Label("洗衣液", 20, 3, 2)


def set_out(session: Session) -> None:
    """One resident with 100 points, soap on the shelf."""
    earn(session, 100, "start")
    shelve(session, SOAP)


def reserve(session: Session, source: str = "r1", openid: str = "o1") -> Redemption:
    row = session.scalars(select(Goods)).one()
    return redemptions.reserve(session, person(session, openid), row.id, source, NOW)


def the_one(session: Session) -> Redemption:
    return session.scalars(select(Redemption)).one()


def books(session: Session) -> tuple[int, int, int, int, str]:
    """Points, reserve, redeemed, stock, state: everything that a redemption moves."""
    balances = {row.kind: row.balance for row in session.scalars(select(LedgerAccount))}
    ledger_chain.check(session, home(session).id)
    state = session.scalar(select(Redemption.state)) or ""
    stock = session.scalars(select(Goods.stock)).one()
    reserved, redeemed = balances.get("reserve", 0), balances.get("redeemed", 0)
    return have(session), reserved, redeemed, stock, state


def test_reserve_and_hand_over(database: Database) -> None:
    """Points wait in the reserve until the goods are handed over against the code."""
    database.write_now(set_out)
    code = database.write_now(lambda s: reserve(s).code)
    assert database.read_now(books) == (80, 20, 0, 2, "reserved")

    def hand(session: Session) -> None:
        found = redemption_lists.by_code(session, worker(session), code)
        assert found is not None
        redemptions.hand_over(session, worker(session), found, NOW)

    database.write_now(hand)
    assert database.read_now(books) == (80, 0, 20, 2, "handed")
    with pytest.raises(NotReserved, match="已领取"):
        database.write_now(lambda s: redemptions.cancel(s, the_one(s), NOW))


def test_a_cause_reserves_once(database: Database) -> None:
    """The same message again gives the same redemption."""
    database.write_now(set_out)
    first = database.write_now(lambda s: reserve(s).id)
    assert database.write_now(lambda s: reserve(s).id) == first
    assert database.read_now(books) == (80, 20, 0, 2, "reserved")


def test_what_is_not_picked_up_in_time_comes_back(database: Database) -> None:
    """A day before there is a word of it; then points and goods both come back, once."""
    database.write_now(set_out)
    until = database.write_now(lambda s: reserve(s).until)
    soon = until - timedelta(hours=5)
    assert database.write_now(lambda s: redemptions.remind_due(s, soon)) == 1
    assert database.write_now(lambda s: redemptions.remind_due(s, soon)) == 0
    assert database.write_now(lambda s: redemptions.lapse_due(s, soon)) == 0
    assert database.write_now(lambda s: redemptions.lapse_due(s, until)) == 1
    assert database.write_now(lambda s: redemptions.lapse_due(s, until)) == 0
    assert database.read_now(books) == (100, 0, 0, 3, "lapsed")
    words = database.read_now(lambda s: s.scalars(select(OutboxMessage.text)).all())
    assert "取货码" in words[0]
    assert "20 分已经退回" in words[1]


def test_limits_of_stock_quarter_and_purse(database: Database) -> None:
    """Two in a quarter for one purse, never more than there are, never without points."""
    database.write_now(set_out)
    for source in ("r1", "r2"):
        database.write_now(lambda s, at=source: reserve(s, at).id)  # type: ignore[misc]
    with pytest.raises(LimitReached, match="每季度每户最多换 2 件"):
        database.write_now(lambda s: reserve(s, "r3"))
    with pytest.raises(Insufficient):
        database.write_now(lambda s: reserve(s, "r4", "o2"))
    database.write_now(lambda s: earn(s, 90, "more", "o2"))
    database.write_now(lambda s: reserve(s, "r5", "o2").id)
    with pytest.raises(SoldOut):
        database.write_now(lambda s: reserve(s, "r6", "o2"))


def test_the_database_itself_refuses_to_oversell(database: Database) -> None:
    """A fault of the program cannot take the stock below zero."""
    database.write_now(set_out)

    def fault(session: Session) -> None:
        session.scalars(select(Goods)).one().stock = -1

    with pytest.raises(IntegrityError):
        database.write_now(fault)


def test_a_count_of_the_shelf_that_is_out_of_date_is_refused(database: Database) -> None:
    """Who counts three while one is reserved is shown the new number first."""
    database.write_now(set_out)
    seen = database.read_now(lambda s: s.scalars(select(Goods.version)).one())
    database.write_now(lambda s: reserve(s).id)

    def change(session: Session) -> None:
        row = session.scalars(select(Goods)).one()
        goods.change(session, worker(session), row, SOAP, seen, NOW)

    with pytest.raises(StaleGoods):
        database.write_now(change)


class Broken(Exception):
    """The machine stops here."""


@contextmanager
def stopping_at(database: Database, step: int) -> Iterator[list[int]]:
    """Stops at the given statement of the connection; counts what ran before."""
    ran: list[int] = []

    def stop(*_: Any) -> None:
        ran.append(1)
        if len(ran) == step:
            raise Broken

    event.listen(database.engine, "before_cursor_execute", stop)
    try:
        yield ran
    finally:
        event.remove(database.engine, "before_cursor_execute", stop)


def _hand(session: Session) -> None:
    redemptions.hand_over(session, worker(session), the_one(session), NOW)


DEEDS: dict[str, tuple[Callable[[Session], Any], tuple[int, int, int, int, str]]] = {
    "reserve": (reserve, (80, 20, 0, 2, "reserved")),
    "hand over": (_hand, (80, 0, 20, 2, "handed")),
    "cancel": (
        lambda s: redemptions.cancel(s, the_one(s), NOW),
        (100, 0, 0, 3, "cancelled"),
    ),
    "lapse": (
        lambda s: redemptions.lapse_due(s, NOW + timedelta(days=30)),
        (100, 0, 0, 3, "lapsed"),
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_stopped_at_any_statement_neither_points_nor_goods_are_lost(
    database: Database, deed: str
) -> None:
    """Each statement in turn is the last one that the machine sees; then it works again."""
    work, after = DEEDS[deed]
    database.write_now(set_out)
    if deed != "reserve":
        database.write_now(lambda s: reserve(s).id)
    before = database.read_now(books)
    for step in range(1, 100):
        try:
            with stopping_at(database, step) as ran:
                database.write_now(work)
        except Broken:
            assert database.read_now(books) == before, f"stopped at statement {step}"
            continue
        assert len(ran) > 5
        break
    assert database.read_now(books) == after


@given(st.integers(10_000, 99_999), st.integers(0, 5), st.integers(1, 9))
def test_a_code_with_one_wrong_digit_is_noticed(number: int, at: int, by: int) -> None:
    """Said aloud, typed with spaces, one digit misheard: right ones are read, wrong ones not."""
    codes = [new_code(lambda code: not code.startswith(str(number)[:1]))]
    for code in codes:
        assert read_code(say_code(code)) == code
        wrong = str((int(code[at]) + by) % 10)
        assert read_code(code[:at] + wrong + code[at + 1 :]) is None
