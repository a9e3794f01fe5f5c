"""Random histories on several connections at once: nothing lost, doubled, negative or oversold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import (
    goods,
    households,
    ledger,
    ledger_chain,
    points_expiry,
    redemptions,
    solvency,
)
from services.goods import Label
from services.households import HouseholdRefusal
from services.ledger import LedgerRefusal, Unit
from services.residents import meet
from storage import migrate
from storage.communities import Community
from storage.engine import Database
from storage.ledger import LedgerAccount, LedgerEntry
from storage.points import Goods, Redemption
from storage.residents import Resident
from storage.staff import Staff
from tests.conftest import SECRET
from tests.services import slow_ledger

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
PEOPLE, STOCK, CONNECTIONS = 3, 4, 3
numbers = count(1)


@pytest.fixture
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with a connection for each of the threads that write at once."""
    named = request.param
    url: str = request.getfixturevalue(f"{named}_database_url")
    with Database(url, SECRET, threads=CONNECTIONS + 1) as opened:
        migrate.upgrade(opened)
        yield opened


who = st.integers(0, PEOPLE - 1)
amounts = st.integers(1, 30)
deeds = st.one_of(
    st.tuples(st.just("credit"), who, amounts),
    st.tuples(st.just("credit"), who, amounts),
    st.tuples(st.just("withdraw"), who, amounts),
    st.tuples(st.just("transfer"), who, who, amounts),
    st.tuples(st.just("reserve"), who),
    st.tuples(st.just("reserve"), who),
    st.tuples(st.sampled_from(["cancel", "hand_over", "reverse"]), st.integers(0, 9)),
    st.tuples(st.sampled_from(["lapse", "expire"])),
    st.tuples(st.just("found"), who),
    st.tuples(st.just("join"), who, who),
    st.tuples(st.just("leave"), who),
)


class Histories(RuleBasedStateMachine):
    """One community whose people do things at the same time."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.now, self.serial = database, START, count(1)
        self.done: list[str] = []
        self.refused: list[str] = []
        self.community, self.people, self.shelf, self.staff = database.write_now(_settle)
        self.pool = ThreadPoolExecutor(CONNECTIONS)

    def teardown(self) -> None:
        self.pool.shutdown()

    @rule(batch=st.lists(deeds, min_size=4, max_size=8), twice=st.booleans())
    def at_once(self, batch: list[tuple[Any, ...]], twice: bool) -> None:
        """Several connections do several things; some causes arrive two times."""
        sourced = [(deed, f"s{next(self.serial)}") for deed in batch]
        if twice:
            sourced += sourced[:2]
        outcomes = list(self.pool.map(lambda one: self._do(*one), sourced))
        for (_, source), outcome in zip(sourced, outcomes, strict=True):
            (self.done if outcome else self.refused).append(source)

    @rule(days=st.integers(1, 250))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _do(self, deed: tuple[Any, ...], source: str) -> bool:
        name, *told = deed
        work: Callable[..., Any] = getattr(self, f"_{name}")
        try:
            return bool(self.database.write_now(lambda s: work(s, source, *told)))
        except (LedgerRefusal, HouseholdRefusal):
            return False

    def _person(self, session: Session, number: int) -> Resident:
        return session.get_one(Resident, self.people[number])

    def _credit(self, session: Session, source: str, one: int, amount: int) -> Any:
        person = self._person(session, one)
        return ledger.credit(session, person, Unit.POINTS, amount, source, "清扫", self.now)

    def _withdraw(self, session: Session, source: str, one: int, amount: int) -> Any:
        person = self._person(session, one)
        return ledger.withdraw(session, person, Unit.POINTS, amount, source, "扣", self.now)

    def _transfer(self, session: Session, source: str, one: int, two: int, amount: int) -> Any:
        pair = self._person(session, one), self._person(session, two)
        return ledger.transfer(session, *pair, Unit.POINTS, amount, source, "送", self.now)

    def _reserve(self, session: Session, source: str, one: int) -> Any:
        person = self._person(session, one)
        made = redemptions.reserve(session, person, self.shelf, source, self.now)
        return session.get_one(LedgerEntry, made.reserve_entry_id)

    def _pick(self, session: Session, table: Any, number: int) -> Any:
        query = select(table).where(table.community_id == self.community).order_by(table.id)
        found = session.scalars(query).all()
        return found[number % len(found)] if found else None

    def _cancel(self, session: Session, _source: str, number: int) -> None:
        made = self._pick(session, Redemption, number)
        if made is not None:
            redemptions.cancel(session, made, self.now)

    def _hand_over(self, session: Session, _source: str, number: int) -> None:
        made = self._pick(session, Redemption, number)
        if made is not None:
            staff = session.get_one(Staff, self.staff)
            redemptions.hand_over(session, staff, made, self.now)

    def _reverse(self, session: Session, _source: str, number: int) -> None:
        entry = self._pick(session, LedgerEntry, number)
        if entry is not None:
            ledger.reverse(session, entry, "登记错了", None, self.now)

    def _lapse(self, session: Session, _source: str) -> None:
        redemptions.lapse_due(session, self.now, 1000)

    def _expire(self, session: Session, _source: str) -> None:
        points_expiry.expire_due(session, self.now, 1000)

    def _found(self, session: Session, _source: str, one: int) -> None:
        households.create(session, self._person(session, one), "家", self.now)

    def _join(self, session: Session, _source: str, one: int, two: int) -> None:
        home = households.household_of(session, self._person(session, two))
        if home is not None:
            households.join(session, self._person(session, one), home, self.now)

    def _leave(self, session: Session, _source: str, one: int) -> None:
        households.leave(session, self._person(session, one), self.now)

    @invariant()
    def the_chain_and_every_balance_hold(self) -> None:
        """Read again from the first entry: hashes, running balances and totals come out."""
        self.database.read_now(lambda s: ledger_chain.check(s, self.community))

    @invariant()
    def every_account_equals_the_slow_reference(self) -> None:
        """Balances and lots are those of a replay with lists; all accounts sum to zero."""

        def work(session: Session) -> None:
            slow = slow_ledger.replay(session, self.community)
            stored = session.scalars(
                select(LedgerAccount).where(LedgerAccount.community_id == self.community)
            ).all()
            assert {row.id: row.balance for row in stored if row.balance} == {
                account: balance for account, balance in slow.balances.items() if balance
            }
            assert sum(row.balance for row in stored) == 0
            assert all(row.balance >= 0 for row in stored if row.kind != "issue")
            expected = [
                (account, end, rest)
                for account, pile in slow.piles.items()
                for end, _, rest in pile
            ]
            assert slow_ledger.stored_piles(session, self.community) == slow_ledger.summed(expected)

        self.database.read_now(work)

    @invariant()
    def each_cause_left_one_entry_or_none(self) -> None:
        """What was confirmed is there once, what was refused is not there."""

        def work(session: Session) -> list[str]:
            query = select(LedgerEntry.source).where(
                LedgerEntry.community_id == self.community,
                LedgerEntry.kind.in_(("credit", "withdraw", "transfer", "reserve")),
            )
            kept = [source.removeprefix("redeem:") for source in session.scalars(query)]
            return [source for source in kept if source.startswith("s")]

        kept = self.database.read_now(work)
        assert len(set(kept)) == len(kept)
        assert set(kept) == set(self.done)

    @invariant()
    def goods_are_neither_lost_nor_oversold(self) -> None:
        """On the shelf, reserved and handed over together are what there was."""

        def work(session: Session) -> tuple[int, int]:
            out = select(func.count(Redemption.id)).where(
                Redemption.goods_id == self.shelf, Redemption.state.in_(("reserved", "handed"))
            )
            return session.get_one(Goods, self.shelf).stock, session.scalar(out) or 0

        stock, out = self.database.read_now(work)
        assert stock >= 0
        assert stock + out == STOCK

    @invariant()
    def the_published_figures_are_the_accounts(self) -> None:
        """Outstanding and reserved of the solvency page are what people and the reserve have."""

        def work(session: Session) -> tuple[int, int, int]:
            figures = solvency.unpublished(session, self.community, Unit.POINTS, self.now)[-1]
            kinds = {"resident": 0, "household": 0, "reserve": 0}
            for row in session.scalars(
                select(LedgerAccount).where(LedgerAccount.community_id == self.community)
            ):
                if row.kind in kinds:
                    kinds[row.kind] += row.balance
            people = kinds["resident"] + kinds["household"]
            return people - figures.outstanding, kinds["reserve"] - figures.reserved, 0

        assert self.database.read_now(work) == (0, 0, 0)


def _settle(session: Session) -> tuple[int, list[int], int, int]:
    """A community of its own, with people, goods and somebody at the counter."""
    number = next(numbers)
    community = Community(code=f"c{number}", name="桂园", created_at=START)
    session.add(community)
    session.flush()
    people = [meet(session, community.id, "", f"c{number}-{n}", START).id for n in range(PEOPLE)]
    row = goods.add(session, None, community.id, Label("洗衣液", 5, STOCK, 3), START)
    staff = Staff(
        login=f"w{number}",
        name="王",
        role="community_worker",
        scope_path="/",
        password_hash="nobody signs in here",
        active=True,
        created_at=START,
    )
    session.add(staff)
    session.flush()
    return community.id, people, row.id, staff.id


@pytest.mark.parametrize("shared", ["sqlite", "postgres"], indirect=True)
def test_random_histories_on_several_connections(shared: Database) -> None:
    """Whatever happens at the same time, the books balance after every step."""
    run_state_machine_as_test(
        lambda: Histories(shared),  # type: ignore[arg-type]
        settings=settings(max_examples=9, stateful_step_count=9, deadline=None),
    )
