"""The ledger: every movement once and in both accounts, nobody below zero, nothing changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from deliberation.chain import BrokenChainError
from demo.community import open_community
from services import ledger, ledger_chain
from services.ledger import Insufficient, LedgerRefusal, NotReversible, Unit
from services.ledger_lots import ending
from services.residents import meet
from storage import migrate
from storage.communities import Community
from storage.engine import Database
from storage.ledger import LedgerAccount, LedgerEntry, LedgerLot
from storage.residents import Resident

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
POINTS, HOURS = Unit.POINTS, Unit.HOURS


def person(session: Session, openid: str = "o1") -> Resident:
    """A resident of the demo community."""
    community = session.scalar(select(Community))
    if community is None:
        open_community(session, NOW)
        community = session.scalars(select(Community)).one()
    return meet(session, community.id, "", openid, NOW)


def earn(session: Session, amount: int, source: str, openid: str = "o1", **span: int) -> int:
    """Points for a resident, `span` later than NOW; the id of the entry."""
    at = NOW + timedelta(**span)
    return ledger.credit(session, person(session, openid), POINTS, amount, source, "清扫", at).id


def test_a_cause_moves_points_once(database: Database) -> None:
    """The same source again gives the first entry, and the balance is as before."""
    first = database.write_now(lambda s: earn(s, 10, "activity:1:7"))
    again = database.write_now(lambda s: earn(s, 10, "activity:1:7"))
    assert first == again
    assert database.read_now(lambda s: ledger.balance(s, person(s), POINTS)) == 10


def test_nobody_loses_what_they_do_not_have(database: Database) -> None:
    """The refusal says what there is and what is needed; nothing is written."""
    database.write_now(lambda s: earn(s, 10, "a"))
    with pytest.raises(Insufficient, match="现有 10 分，需要 11 分"):
        database.write_now(lambda s: ledger.withdraw(s, person(s), POINTS, 11, "b", "乱停车", NOW))
    assert database.read_now(lambda s: s.scalar(select(func.count(LedgerEntry.id)))) == 1


def test_the_database_itself_refuses_a_negative_purse(database: Database) -> None:
    """A fault of the program cannot take a purse below zero."""
    database.write_now(lambda s: earn(s, 10, "a"))
    with pytest.raises(IntegrityError):
        database.write_now(
            lambda s: s.execute(
                text("UPDATE ledger_accounts SET balance = -1 WHERE kind = 'resident'")
            )
        )


@pytest.mark.parametrize("table", ["ledger_entries", "ledger_lot_uses"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET amount = 1", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_an_entry(
    database: Database, table: str, statement: str
) -> None:
    """Rows of the ledger stay as they were written, whoever asks."""
    database.write_now(lambda s: earn(s, 10, "a"))
    database.write_now(lambda s: ledger.withdraw(s, person(s), POINTS, 4, "b", "乱停车", NOW).id)
    with pytest.raises(DBAPIError, match="append-only"):
        database.write_now(lambda s: s.execute(text(statement.format(table))))


def test_a_statement_shows_each_line_with_the_balance_after_it(database: Database) -> None:
    """Newest first, what went out below zero; pages go on where the last one ended."""

    def work(session: Session) -> None:
        for n in range(5):
            earn(session, 10, f"in:{n}")
        ledger.withdraw(session, person(session), POINTS, 20, "out", "乱停车", NOW)

    database.write_now(work)
    page = database.read_now(lambda s: ledger.statement(s, person(s), POINTS, 3))
    assert [(line.change, line.balance) for line in page] == [(-20, 30), (10, 50), (10, 40)]
    last = page[-1].entry.number
    rest = database.read_now(lambda s: ledger.statement(s, person(s), POINTS, 9, last))
    assert [(line.change, line.balance) for line in rest] == [(10, 30), (10, 20), (10, 10)]


def test_hours_move_from_who_was_helped_to_who_helped(database: Database) -> None:
    """A transfer takes from one and gives to the other; minutes, said as hours."""

    def work(session: Session) -> tuple[int, int]:
        one, other = person(session, "o1"), person(session, "o2")
        ledger.credit(session, one, HOURS, 90, "help:1", "陪诊", NOW)
        ledger.transfer(session, one, other, HOURS, 60, "help:2", "买菜", NOW)
        return ledger.balance(session, one, HOURS), ledger.balance(session, other, HOURS)

    assert database.write_now(work) == (30, 60)
    with pytest.raises(Insufficient, match="现有 30 分钟，需要 1 小时"):
        database.write_now(
            lambda s: ledger.transfer(
                s, person(s), person(s, "o2"), HOURS, 60, "help:3", "买菜", NOW
            )
        )


def test_a_transfer_to_oneself_is_refused(database: Database) -> None:
    """Nothing moves within one purse."""
    database.write_now(lambda s: earn(s, 10, "a"))
    with pytest.raises(LedgerRefusal, match="同一个账户"):
        database.write_now(
            lambda s: ledger.transfer(s, person(s), person(s), POINTS, 1, "t", "送", NOW)
        )


def test_what_ends_first_is_spent_first_and_comes_back_with_its_day(database: Database) -> None:
    """FIFO lots; a reversal gives back what was taken with the expiry it had."""

    def work(session: Session) -> tuple[list[int], list[int]]:
        earn(session, 10, "old")
        earn(session, 10, "new", days=60)
        spent = ledger.withdraw(session, person(session), POINTS, 15, "out", "乱停车", NOW)
        before = _lots(session)
        ledger.reverse(session, spent, "弄错了", None, NOW)
        return before, _lots(session)

    before, after = database.write_now(work)
    assert before == [5]
    assert after == [10, 10]


def _lots(session: Session) -> list[int]:
    """What is left by moment of expiry, the earliest first."""
    query = (
        select(func.sum(LedgerLot.rest))
        .where(LedgerLot.rest > 0)
        .group_by(LedgerLot.expires_at)
        .order_by(LedgerLot.expires_at)
    )
    return list(session.scalars(query))


def test_points_end_with_the_last_day_of_the_month_a_year_on(database: Database) -> None:
    """Earned on 4 March 2026, they hold to the end of 31 March 2027 in China."""
    database.write_now(lambda s: earn(s, 10, "a"))

    def next_end(session: Session) -> datetime | None:
        purse = ledger.purse(session, person(session), POINTS)
        portion = ending(session, purse) if purse else None
        return portion.expires_at if portion else None

    assert database.read_now(next_end) == datetime(2027, 3, 31, 16, tzinfo=UTC)


def test_an_entry_is_reversed_once(database: Database) -> None:
    """A second reversal gives the first one; a reversal itself is not reversed."""

    def work(session: Session) -> None:
        entry = session.get_one(LedgerEntry, earn(session, 10, "a"))
        back = ledger.reverse(session, entry, "重复登记", None, NOW)
        assert ledger.reverse(session, entry, "重复登记", None, NOW) is back
        assert ledger.balance(session, person(session), POINTS) == 0
        with pytest.raises(NotReversible):
            ledger.reverse(session, back, "又要", None, NOW)
        with pytest.raises(NotReversible, match="原因"):
            ledger.reverse(session, entry, " ", None, NOW)

    database.write_now(work)


def test_what_was_spent_already_cannot_be_taken_back(database: Database) -> None:
    """A wrong credit whose points are gone is refused, with what there is."""

    def work(session: Session) -> None:
        entry = session.get_one(LedgerEntry, earn(session, 10, "a"))
        ledger.withdraw(session, person(session), POINTS, 8, "b", "乱停车", NOW)
        ledger.reverse(session, entry, "登记错了", None, NOW)

    with pytest.raises(Insufficient):
        database.write_now(work)


def test_the_chain_shows_what_somebody_changed_behind_the_program(
    sqlite_database_url: str,
) -> None:
    """With the triggers taken away a changed entry is still found, by its number."""
    with Database(sqlite_database_url, "secret of the ledger") as database:
        migrate.upgrade(database)
        for n in range(3):
            database.write_now(lambda s, n=n: earn(s, 10, f"in:{n}"))  # type: ignore[misc]
        community = database.read_now(lambda s: s.scalars(select(Community.id)).one())
        assert database.read_now(lambda s: ledger_chain.check(s, community)) == 3
        database.write_now(lambda s: s.execute(text("DROP TRIGGER ledger_entries_no_update")))
        database.write_now(
            lambda s: s.execute(text("UPDATE ledger_entries SET amount = 99 WHERE number = 2"))
        )
        with pytest.raises(BrokenChainError, match="entry 2"):
            database.read_now(lambda s: ledger_chain.check(s, community))


def test_two_communities_have_two_ledgers(database: Database) -> None:
    """Numbers, chains and accounts of one community know nothing of another's."""

    def work(session: Session) -> list[int]:
        home = person(session)
        away = Community(code="away", name="别处", created_at=NOW)
        session.add(away)
        session.flush()
        other = meet(session, away.id, "", "o9", NOW)
        ledger.credit(session, home, POINTS, 1, "x", "扫雪", NOW)
        ledger.credit(session, other, POINTS, 1, "x", "扫雪", NOW)
        with pytest.raises(ValueError, match="between communities"):
            ledger.transfer(session, home, other, POINTS, 1, "y", "送", NOW)
        return [ledger_chain.check(session, at) for at in (home.community_id, away.id)]

    assert database.write_now(work) == [1, 1]


def test_the_accounts_of_a_unit_add_up_to_zero(database: Database) -> None:
    """What residents have is what was issued less what was used, to the point."""
    database.write_now(lambda s: earn(s, 10, "a"))
    database.write_now(lambda s: ledger.withdraw(s, person(s), POINTS, 4, "b", "乱停车", NOW).id)
    assert database.read_now(lambda s: s.scalar(select(func.sum(LedgerAccount.balance)))) == 0
