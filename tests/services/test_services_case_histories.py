"""Random histories of a case: whatever anybody does, in whatever order, it stays whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import cases, escalation, return_visit
from services.calendar import OfficeHours
from services.case_states import (
    CLOSED,
    OPEN,
    PAUSED,
    RUNNING,
    Actor,
    IllegalMove,
    Outcome,
    State,
    check_move,
)
from services.sla import PROMISES
from storage import migrate
from storage.cases import Case, CaseEvent
from storage.desk import QueueItem
from storage.engine import Database
from storage.residents import Resident
from tests.conftest import SECRET
from tests.console.seed import fill
from tests.services import slow_clock

T = TypeVar("T")
HOURS = OfficeHours()
START = datetime(2026, 2, 11, 2, 30, tzinfo=UTC)  # the Spring Festival begins on the Sunday after
WHOLE = PROMISES["normal"].resolve_days * HOURS.minutes_a_day


class Histories(RuleBasedStateMachine):
    """One case, its staff, its resident, the jobs, the clock; `left` counts minute by minute."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{self.folder.name}/case.db", SECRET)
        self.now, self.left, self.state = START, WHOLE, State.SUBMITTED

    @initialize()
    def opens(self) -> None:
        migrate.upgrade(self.database)
        seeded = self.database.write_now(lambda session: fill(session, START))
        self.worker, self.resident = seeded.staff["worker"], seeded.resident
        self.number = self.database.write_now(self._submit)

    def _submit(self, session: Session) -> int:
        lamp = session.scalars(select(Case).order_by(Case.id)).first()
        assert lamp is not None
        new = cases.NewCase(
            community_id=lamp.community_id,
            category="lighting.stairwell",
            title="灯坏了",
            description="灯坏了",
            place_path=lamp.place_path,
        )
        resident = session.get_one(Resident, self.resident)
        return cases.submit(session, new, resident, HOURS, START).id

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def _do(self, work: str, *rest: object) -> None:
        def within(session: Session) -> None:
            case = session.get_one(Case, self.number)
            resident = session.get_one(Resident, self.resident)
            match work:
                case "move":
                    wish = cases.Move(rest[0], "原因", Outcome.FIXED)  # type: ignore[arg-type]
                    staff = self.worker
                    cases.move(session, case, wish, Actor.STAFF, staff, self.now, hours=HOURS)
                case "add":
                    cases.add(session, case, resident, "补充", (), self.now, hours=HOURS)
                case "withdraw":
                    cases.withdraw(session, case, resident, self.now)
                case "reopen":
                    cases.reopen(session, case, resident, self.now, hours=HOURS)
                case "rate":
                    solved, grade = rest
                    return_visit.rate(
                        session,
                        case,
                        resident,
                        bool(solved),
                        grade,  # type: ignore[arg-type]
                        self.now,
                        hours=HOURS,
                    )

        with suppress(IllegalMove, return_visit.NothingToRate):
            self.database.write_now(within)
        self._follow()

    def _follow(self) -> None:
        """The slow clock hears of the new state."""
        state = State(self.read(lambda s: s.get_one(Case, self.number).state))
        if state is State.SUBMITTED and self.state is not state:
            self.left = WHOLE
        if self.state in CLOSED and state is State.WORKING:
            self.left = WHOLE
        self.state = state

    def read(self, work: Callable[[Session], T]) -> T:
        return self.database.read_now(work)

    @rule(to=st.sampled_from(list(State)))
    def staff_move(self, to: State) -> None:
        self._do("move", to)

    @precondition(lambda self: self.state in OPEN)
    @rule(pick=st.integers(0, 5))
    def staff_go_on(self, pick: int) -> None:
        """A move that exists, so that histories reach every state."""
        way = [State.ACCEPTED, State.WORKING, State.WAITING, State.WORKING, State.RESOLVED]
        self._do("move", [*way, State.PLANNED][pick])

    @rule()
    def resident_adds(self) -> None:
        self._do("add")

    @rule()
    def resident_says_unsolved(self) -> None:
        self._do("reopen")

    @rule(solved=st.booleans(), grade=st.sampled_from([None, 1, 4, 5]))
    def resident_rates(self, solved: bool, grade: int | None) -> None:
        self._do("rate", solved, grade)

    @precondition(lambda self: self.state is State.PLANNED)
    @rule()
    def resident_withdraws(self) -> None:
        self._do("withdraw")

    @rule(minutes=st.sampled_from([7, 61, 400, 1440, 4320, 11000]))
    def time_passes(self, minutes: int) -> None:
        later = self.now + timedelta(minutes=minutes)
        if self.state in RUNNING:
            self.left -= slow_clock.elapsed(self.now, later)
        self.now = later

    @rule()
    def the_jobs_run(self) -> None:
        def within(session: Session) -> None:
            escalation.run(session, HOURS, self.now)
            return_visit.ask_due(session, HOURS, self.now)
            return_visit.archive_unanswered(session, self.now)

        self.database.write_now(within)
        self._follow()

    @invariant()
    def the_chain_is_unbroken(self) -> None:
        """Every move is one of the table, from where the last one led; each event says who, when
        and why."""
        case, events = self._whole()
        state = State.SUBMITTED
        for event in events:
            assert event.actor_kind in set(Actor)
            assert event.actor_kind == Actor.SYSTEM or event.actor_id
            assert event.reason
            assert event.matter
            assert event.at <= self.now
            if event.kind == "moved":
                assert State(event.from_state) is state
                check_move(state, State(event.to_state), Actor(event.actor_kind))
                state = State(event.to_state)
        assert State(case.state) is state
        again = [one for one in events if one.from_state in CLOSED and one.to_state == "working"]
        assert case.reopened == len(again)

    @invariant()
    def the_clock_is_right(self) -> None:
        case, _ = self._whole()
        assert (case.paused_at is not None) is (self.state in PAUSED)
        if self.state in RUNNING and self.left > 0:
            assert case.resolve_due == slow_clock.runs_out(self.now, self.left)
        if self.state in RUNNING and self.left < 0:
            assert case.resolve_due < self.now

    @invariant()
    def what_is_closed_has_an_outcome(self) -> None:
        case, _ = self._whole()
        closed = self.state in CLOSED or self.state is State.ARCHIVED
        assert bool(case.outcome) is closed
        assert (case.resolved_at is not None) is closed
        assert case.satisfaction in {None, 1, 4, 5}

    @invariant()
    def the_queue_holds_what_is_to_be_done(self) -> None:
        """An open item while the staff have the next step; a ladder only while the clock runs."""
        items = self.read(
            lambda s: s.scalars(select(QueueItem).where(QueueItem.case_id == self.number)).all()
        )
        waits = {item.kind for item in items if item.state == "open"}
        if self.state in OPEN and self.state not in CLOSED and self.state is not State.WAITING:
            assert "case" in waits
        if self.state not in OPEN or self.state in CLOSED:
            assert "case" not in waits
        assert "escalation" not in waits or self.state in RUNNING

    def _whole(self) -> tuple[Case, list[CaseEvent]]:
        return self.read(
            lambda s: (
                s.get_one(Case, self.number),
                cases.events_of(s, s.get_one(Case, self.number)),
            )
        )


# a database for each example makes shrinking slower than reading a long history
Histories.TestCase.settings = settings(
    max_examples=6, stateful_step_count=18, deadline=None, phases=(Phase.generate,)
)
TestHistories = Histories.TestCase
