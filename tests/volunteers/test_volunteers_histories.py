"""Random histories of an occasion in which several people act at the same moment, then it takes
place: never more people than places, the line in its order, every hour counted once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import attendance, attendance_sheet, ledger, personal_data, signup_line, signups
from services.ledger import Unit
from services.volunteer_hours import BadHours
from storage.activities import Occasion, SignUp
from storage.engine import Database
from storage.residents import Resident
from storage.volunteers import HourEntry
from tests.volunteers.people import HOURS, NOW, Neighbourhood, open_neighbourhood

PEOPLE, AT_ONCE = 7, 4
ACTS = st.tuples(
    st.sampled_from(("join", "cancel", "confirm", "lapse", "forget", "move")),
    st.integers(0, PEOPLE - 1),
)


class History(RuleBasedStateMachine):
    """One occasion with three places."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.here: Neighbourhood = database.write_now(open_neighbourhood)
        self.occasion, self.starts = database.write_now(self._open)
        self.now = NOW
        self.threads = ThreadPoolExecutor(AT_ONCE)
        self.lives = [0] * PEOPLE

    def _open(self, session: Session) -> tuple[int, datetime]:
        _, occasion = self.here.activity(session)
        occasion.capacity = 3
        return occasion.id, occasion.starts_at

    def _name(self, person: int) -> str:
        return f"{self.occasion}-{person}-{self.lives[person]}"

    @rule(acts=st.lists(ACTS, min_size=1, max_size=6))
    def together(self, acts: list[tuple[str, int]]) -> None:
        """Several things happen at once."""
        work = [self._work(act, person, self.now) for act, person in acts]
        list(self.threads.map(self.database.write_now, work))
        for act, person in acts:
            self.lives[person] += act == "forget"

    @rule(hours=st.sampled_from((1, 5, 12)))
    def time_passes(self, hours: int) -> None:
        """Offers run out."""
        if self.now + timedelta(hours=hours) < self.starts:
            self.now += timedelta(hours=hours)

    def _work(self, act: str, person: int, now: datetime) -> Callable[[Session], object]:
        name = self._name(person)

        def work(session: Session) -> object:
            if act in ("lapse", "move"):
                jobs = {"lapse": signup_line.lapse_offers, "move": signup_line.move_lines}
                return jobs[act](session, HOURS, now)
            return self._personal(session, act, self.here.resident(session, name), now)

        return work

    def _personal(self, session: Session, act: str, me: Resident, now: datetime) -> object:
        if act == "join":
            return signups.sign_up(session, self.occasion, me, now)
        if act == "forget":
            personal_data.forget(session, me, now)
            return None
        mine = signups.of(session, session.get_one(Occasion, self.occasion), me)
        change = signups.cancel if act == "cancel" else signup_line.confirm
        return mine and change(session, mine, HOURS, now)

    def _rows(self, session: Session) -> list[SignUp]:
        query = select(SignUp).where(SignUp.occasion_id == self.occasion)
        return list(session.scalars(query.order_by(SignUp.number)))

    @invariant()
    def places_and_line_are_right(self) -> None:
        """Places are counted right and never too many; who holds one came before who waits."""

        def look(session: Session) -> None:
            occasion = session.get_one(Occasion, self.occasion)
            rows = self._rows(session)
            held = [row.number for row in rows if row.state in ("confirmed", "offered")]
            waiting = [row.number for row in rows if row.state == "waiting"]
            assert occasion.taken == len(held) <= occasion.capacity == 3
            assert len({row.number for row in rows}) == len(rows)
            assert not held or not waiting or max(held) < min(waiting)

        self.database.read_now(look)

    def teardown(self) -> None:
        """The occasion takes place; everybody presses twice, three at the desk confirm at once."""
        start, end = self.starts, self.starts + timedelta(hours=2)
        for moment in (start, end):
            work = [self._check(n, moment) for n in range(PEOPLE) for _ in range(2)]
            list(self.threads.map(self.database.write_now, work))
        list(self.threads.map(self.database.write_now, [self._confirm(end)] * 3))
        self.threads.shutdown()
        self.database.read_now(self._credited_once)

    def _check(self, person: int, moment: datetime) -> Callable[[Session], object]:
        def work(session: Session) -> object:
            me = self.here.resident(session, self._name(person))
            code = attendance.code_at(session.get_one(Occasion, self.occasion), moment)
            return attendance.by_code(session, me, code, moment)

        return work

    def _confirm(self, end: datetime) -> Callable[[Session], object]:
        def work(session: Session) -> object:
            occasion = session.get_one(Occasion, self.occasion)
            try:
                return attendance_sheet.confirm(session, self.here.staff(session), occasion, end)
            except BadHours:
                return None

        return work

    def _credited_once(self, session: Session) -> None:
        came = [row for row in self._rows(session) if row.checked_out_at is not None]
        entries = select(HourEntry.resident_id, func.count(), func.sum(HourEntry.minutes)).where(
            HourEntry.occasion_id == self.occasion
        )
        credited = {
            who: (count, minutes)
            for who, count, minutes in session.execute(entries.group_by(HourEntry.resident_id))
        }
        assert credited == {row.resident_id: (1, 120) for row in came}
        for row in came:
            me = session.get_one(Resident, row.resident_id)
            assert ledger.balance(session, me, Unit.POINTS) == 20  # two hours at ten points
        assert len(came) <= 3


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_random_histories(kind: str, request: pytest.FixtureRequest) -> None:
    """Whatever happens at the same moment, on both databases."""
    database: Database = request.getfixturevalue(f"shared_{kind}")
    budget = settings(max_examples=10, stateful_step_count=8, deadline=None)

    class OnThis(History):
        """The history on the database of this test."""

        def __init__(self) -> None:
            super().__init__(database)

    run_state_machine_as_test(OnThis, settings=budget)
