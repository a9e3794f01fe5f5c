"""Care hours, places of an activity, hours served and goods, all at once on several connections.

Whatever happens at the same moment, nothing is lost, doubled, negative, overbooked or oversold, and
every balance is that of a slow replay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import (
    activities,
    care,
    care_givers,
    care_settling,
    goods,
    ledger,
    ledger_chain,
    points_expiry,
    redemptions,
    residents,
    signups,
    volunteer_hours,
)
from services.care import BadCare
from services.goods import Label
from services.ledger import LedgerRefusal, Unit
from services.places import import_tree, read_tree
from services.signups import CannotJoin
from services.volunteer_entries import entries, read
from services.volunteer_hours import BadHours, Given, HourKind
from storage.activities import Occasion, SignUp
from storage.care import CareRequest
from storage.communities import Community
from storage.engine import Database
from storage.ledger import LedgerAccount, LedgerEntry
from storage.points import Goods, Redemption
from storage.residents import Resident
from storage.staff import Staff
from storage.volunteers import ServiceRecord
from tests.conftest import SECRET
from tests.services import slow_ledger
from tests.volunteers.people import HOURS
from tests.volunteers.plans import CLEANING

START = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
PEOPLE, PLACES, STOCK, CONNECTIONS = 4, 2, 3, 3
REFUSED = (BadCare, LedgerRefusal, CannotJoin, BadHours)
numbers = count(1)
who, minutes = st.integers(0, PEOPLE - 1), st.sampled_from((30, 60, 90))
which = st.integers(0, 5)
deeds = st.one_of(
    st.tuples(st.just("save"), who, minutes),
    st.tuples(st.just("ask"), who),
    st.tuples(st.just("match"), which, who),
    st.tuples(st.just("giver"), which, minutes),
    st.tuples(st.just("elder"), which, minutes),
    st.tuples(st.just("settle"), which, minutes),
    st.tuples(st.just("off"), which),
    st.tuples(st.sampled_from(("join", "leave", "join")), who),
    st.tuples(st.just("serve"), who, minutes, st.sampled_from(HourKind)),
    st.tuples(st.just("fix"), which, st.sampled_from((0, 30, 120))),
    st.tuples(st.just("earn"), who),
    st.tuples(st.just("redeem"), who),
    st.tuples(st.just("give_back"), which),
    st.tuples(st.just("expire")),
)


class Street(RuleBasedStateMachine):
    """One community in which everything happens at the same time."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.now, self.serial = database, START, count(1)
        self.done: set[str] = set()
        self.community, self.people, self.occasion, self.shelf, self.staff = database.write_now(
            _open_street
        )
        self.pool = ThreadPoolExecutor(CONNECTIONS)

    def teardown(self) -> None:
        self.pool.shutdown()

    @rule(batch=st.lists(deeds, min_size=4, max_size=9), twice=st.booleans())
    def at_once(self, batch: list[tuple[Any, ...]], twice: bool) -> None:
        """Several connections do several things; some causes arrive two times."""
        sourced = [(deed, f"s{next(self.serial)}") for deed in batch]
        if twice:
            sourced += sourced[:3]
        outcomes = list(self.pool.map(lambda one: self._do(*one), sourced))
        for (_, source), outcome in zip(sourced, outcomes, strict=True):
            if outcome:
                self.done.add(source)

    @rule(days=st.integers(1, 200))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _do(self, deed: tuple[Any, ...], source: str) -> bool:
        name, *told = deed
        work: Callable[..., Any] = getattr(self, f"_{name}")
        try:
            return bool(self.database.write_now(lambda s: work(s, source, *told)))
        except REFUSED:
            return False

    def _person(self, session: Session, number: int) -> Resident:
        return session.get_one(Resident, self.people[number])

    def _worker(self, session: Session) -> Staff:
        return session.get_one(Staff, self.staff)

    def _pick(self, session: Session, table: Any, number: int) -> Any:
        query = select(table).where(table.community_id == self.community).order_by(table.id)
        found = session.scalars(query).all()
        return found[number % len(found)] if found else None

    def _save(self, session: Session, source: str, one: int, amount: int) -> Any:
        person = self._person(session, one)
        return ledger.credit(session, person, Unit.HOURS, amount, source, "存的", self.now)

    def _ask(self, session: Session, _source: str, one: int) -> None:
        elder = self._person(session, one)
        care.request(session, elder, elder, care.NewCare("chat", "下午", 60), HOURS, self.now)

    def _match(self, session: Session, _source: str, number: int, one: int) -> None:
        asked = self._pick(session, CareRequest, number)
        giver = care_givers.giver_of(session, self._person(session, one))
        if asked is not None and giver is not None:
            care.match(session, asked, giver, None, self.now)

    def _giver(self, session: Session, _source: str, number: int, amount: int) -> None:
        asked = self._pick(session, CareRequest, number)
        if asked is not None and asked.giver_id:
            giver = session.get_one(Resident, asked.giver_id)
            care_settling.confirm(session, asked, giver, amount, HOURS, self.now)

    def _elder(self, session: Session, _source: str, number: int, amount: int) -> None:
        asked = self._pick(session, CareRequest, number)
        if asked is not None:
            elder = session.get_one(Resident, asked.elder_id)
            care_settling.confirm(session, asked, elder, amount, HOURS, self.now)

    def _settle(self, session: Session, _source: str, number: int, amount: int) -> None:
        asked = self._pick(session, CareRequest, number)
        if asked is not None:
            care_settling.settle(
                session, self._worker(session), asked, amount, "问过两边", self.now
            )

    def _off(self, session: Session, _source: str, number: int) -> None:
        asked = self._pick(session, CareRequest, number)
        if asked is not None:
            care.cancel(session, asked, session.get_one(Resident, asked.elder_id), self.now)

    def _join(self, session: Session, _source: str, one: int) -> None:
        signups.sign_up(session, self.occasion, self._person(session, one), START)

    def _leave(self, session: Session, _source: str, one: int) -> None:
        occasion = session.get_one(Occasion, self.occasion)
        row = signups.of(session, occasion, self._person(session, one))
        if row is not None:
            signups.cancel(session, row, HOURS, START)

    def _serve(self, session: Session, source: str, one: int, amount: int, kind: HourKind) -> Any:
        person = self._person(session, one)
        given = Given(person, kind, amount, START.date(), source, "值守")
        return volunteer_hours.enter(session, given, None, self.now)

    def _fix(self, session: Session, _source: str, number: int, amount: int) -> None:
        first = (LedgerEntry.community_id == self.community, ServiceRecord.corrects_id.is_(None))
        served = read(session, entries(*first).order_by(LedgerEntry.id))
        if served:
            entry = served[number % len(served)]
            worker = self._worker(session)
            volunteer_hours.correct(session, worker, entry, amount, "记错了", self.now)

    def _earn(self, session: Session, source: str, one: int) -> Any:
        person = self._person(session, one)
        return ledger.credit(session, person, Unit.POINTS, 5, source, "清扫", self.now)

    def _redeem(self, session: Session, source: str, one: int) -> Any:
        person = self._person(session, one)
        return redemptions.reserve(session, person, self.shelf, source, self.now).id

    def _give_back(self, session: Session, _source: str, number: int) -> None:
        made = self._pick(session, Redemption, number)
        if made is not None:
            redemptions.cancel(session, made, self.now)

    def _expire(self, session: Session, _source: str) -> None:
        points_expiry.expire_due(session, self.now, 1000)

    @invariant()
    def every_account_is_that_of_the_slow_replay(self) -> None:
        """The chain holds, all sums are zero, nobody is below zero, lots are spent in order."""

        def work(session: Session) -> None:
            ledger_chain.check(session, self.community)
            slow = slow_ledger.replay(session, self.community)
            stored = session.scalars(
                select(LedgerAccount).where(LedgerAccount.community_id == self.community)
            ).all()
            assert {row.id: row.balance for row in stored} == {
                row.id: slow.balances.get(row.id, 0) for row in stored
            }
            for unit in Unit:
                assert sum(row.balance for row in stored if row.unit == unit.value) == 0
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
        """What was confirmed is in the ledger once, what was refused is not there."""
        query = select(LedgerEntry.source).where(
            LedgerEntry.community_id == self.community,
            LedgerEntry.kind.in_(("credit", "reserve")),
        )
        sources = self.database.read_now(lambda s: list(s.scalars(query)))
        kept = [one.rpartition(":")[2] for one in sources if one.rpartition(":")[2][:1] == "s"]
        assert sorted(kept) == sorted(self.done)

    @invariant()
    def care_that_is_done_is_paid_once(self) -> None:
        """Each request that is done has its entry, with the minutes that were settled."""

        def work(session: Session) -> tuple[dict[str, int | None], dict[str, int]]:
            done = select(CareRequest).where(
                CareRequest.community_id == self.community, CareRequest.state == "done"
            )
            posted = select(LedgerEntry).where(
                LedgerEntry.community_id == self.community, LedgerEntry.source.startswith("care:")
            )
            return (
                {care.source_of(one): one.settled_minutes for one in session.scalars(done)},
                {one.source: one.amount for one in session.scalars(posted)},
            )

        settled, posted = self.database.read_now(work)
        assert settled == posted

    @invariant()
    def hours_served_are_their_lines(self) -> None:
        """The total of each volunteer is the sum of the lines and corrections, kind by kind."""

        def work(session: Session) -> None:
            held = volunteer_hours.totals_of(session, self.people)
            for number in self.people:
                lines = volunteer_hours.entries_of(session, session.get_one(Resident, number), 500)
                sums = dict.fromkeys(HourKind, 0)
                for line in lines:
                    sums[line.kind] += line.minutes
                assert [held[number].credit, held[number].honour] == list(sums.values())

        self.database.read_now(work)

    @invariant()
    def places_and_goods_are_never_too_many(self) -> None:
        """Places held are those counted, up to the capacity; goods are on the shelf or out."""

        def work(session: Session) -> None:
            held = select(func.count(SignUp.id)).where(
                SignUp.occasion_id == self.occasion, SignUp.state.in_(("confirmed", "offered"))
            )
            occasion = session.get_one(Occasion, self.occasion)
            assert occasion.taken == (session.scalar(held) or 0) <= occasion.capacity == PLACES
            out = select(func.count(Redemption.id)).where(
                Redemption.goods_id == self.shelf, Redemption.state == "reserved"
            )
            stock = session.get_one(Goods, self.shelf).stock
            assert 0 <= stock == STOCK - (session.scalar(out) or 0)

        self.database.read_now(work)


def _open_street(session: Session) -> tuple[int, list[int], int, int, int]:
    """A community of its own: two of its people are givers; an activity and a shelf."""
    number = next(numbers)
    home = {"kind": "community", "code": f"c{number}", "name": "桂园社区"}
    tree = {"kind": "street", "code": f"st{number}", "name": "云河街道", "children": [home]}
    import_tree(session, read_tree(tree), START)
    community = session.scalars(select(Community).where(Community.code == f"c{number}")).one().id
    staff = Staff(
        login=f"w{number}",
        name="王",
        role="community_worker",
        scope_path=f"/st{number}/",
        password_hash="nobody signs in here",
        active=True,
        created_at=START,
    )
    session.add(staff)
    session.flush()
    people = [
        residents.meet(session, community, "", f"c{number}-{n}", START) for n in range(PEOPLE)
    ]
    for one in people[:2]:
        giver = care_givers.volunteer(session, one, "能陪聊", None, HOURS, START)
        care_givers.decide_giver(session, staff, giver, accept=True, now=START)
    activity = activities.draft(
        session, staff, community, replace(CLEANING, capacity=PLACES), START
    )
    first = START + timedelta(days=3)
    occasion = activities.add_occasion(
        session, staff, activity, first, first + timedelta(hours=2), START
    )
    activities.publish(session, staff, activity, START)
    row = goods.add(session, None, community, Label("洗衣液", 5, STOCK, 3), START)
    return community, [one.id for one in people], occasion.id, row.id, staff.id


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with a connection for each of the threads that write at once."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    with Database(url, SECRET, threads=CONNECTIONS + 1) as opened:
        yield opened


@pytest.mark.parametrize("shared", ["sqlite", "postgres"], indirect=True)
def test_random_histories_on_several_connections(shared: Database) -> None:
    """Whatever happens at the same time, everything adds up after every step."""
    run_state_machine_as_test(
        lambda: Street(shared),  # type: ignore[arg-type]
        settings=settings(max_examples=8, stateful_step_count=8, deadline=None),
    )
