"""Cases: every move checked in one place, recorded, with the queue kept right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import cases
from services.calendar import OfficeHours
from services.case_states import (
    MATTERS,
    MOVES,
    NEEDS_REASON,
    OPEN,
    STATE_NAMES,
    STATE_WORDS,
    Actor,
    IllegalMove,
    Outcome,
    State,
    check_move,
    next_states,
)
from services.cases import Move, NewCase, ReasonMissing
from services.residents import meet
from storage.cases import Case, CaseEvent
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
HOURS = OfficeHours()


def submit(session: Session, **changes: object) -> Case:
    """A case of a resident of the demo community."""
    if session.scalar(select(Community)) is None:
        open_community(session, NOW)
    community = session.scalars(select(Community)).one()
    resident = meet(session, community.id, "", "o1", NOW)
    values: dict[str, object] = {
        "community_id": community.id,
        "category": "lighting",
        "title": "灯坏了",
        "description": "3栋2单元三楼的灯坏了",
        "place_path": "/HPJD/demo/G1/B3/B3U2/",
    }
    return cases.submit(session, NewCase(**(values | changes)), resident, HOURS, NOW)  # type: ignore[arg-type]


def test_numbers_are_given_in_order_without_gaps(database: Database) -> None:
    """A rolled-back case takes its number back."""
    first = database.write_now(lambda s: submit(s).number)

    def failing(session: Session) -> None:
        submit(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write_now(failing)
    assert database.write_now(lambda s: submit(s).number) == first + 1


def test_a_new_case_waits_in_the_queue_until_its_first_deadline(database: Database) -> None:
    """Four working hours after half past ten is half past two."""
    database.write_now(submit)
    item = database.read_now(lambda s: s.scalars(select(QueueItem)).one())
    assert (item.kind, item.state) == ("case", "open")
    assert item.due_at == datetime(2026, 3, 4, 6, 30, tzinfo=UTC)


def test_danger_goes_to_the_top_of_the_queue(database: Database) -> None:
    """An urgent case is an emergency, due within half an hour by the clock."""
    database.write_now(lambda s: submit(s, urgent=True))
    item = database.read_now(lambda s: s.scalars(select(QueueItem)).one())
    assert (item.kind, item.urgent) == ("emergency", True)
    assert item.due_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize("start", list(State))
@pytest.mark.parametrize("end", list(State))
@pytest.mark.parametrize("actor", list(Actor))
def test_only_the_moves_of_the_table_exist(start: State, end: State, actor: Actor) -> None:
    """Every pair of states and actor is either in the table or refused."""
    if actor in MOVES[start].get(end, set()):
        check_move(start, end, actor)
        assert end in next_states(start, actor)
    else:
        with pytest.raises(IllegalMove, match=STATE_NAMES[start]):
            check_move(start, end, actor)


def test_every_state_has_a_name_words_and_a_matter() -> None:
    """No state is forgotten in any table."""
    assert set(STATE_NAMES) == set(STATE_WORDS) == set(MATTERS) == set(MOVES) == set(State)


@pytest.mark.parametrize("state", sorted(NEEDS_REASON))
def test_the_resident_is_told_why(database: Database, state: State) -> None:
    """Moves that the resident must understand need words."""

    def work(session: Session) -> None:
        case = submit(session)
        case.state = next(start for start in State if Actor.STAFF in MOVES[start].get(state, set()))
        cases.move(session, case, Move(state, " "), Actor.STAFF, 1, NOW)

    with pytest.raises(ReasonMissing):
        database.write_now(work)


def test_closed_is_not_fixed(database: Database) -> None:
    """A closing needs an outcome beside the reason."""

    def work(session: Session, outcome: Outcome | None) -> None:
        case = submit(session)
        case.state = State.WORKING
        cases.move(session, case, Move(State.RESOLVED, "换了灯泡", outcome), Actor.STAFF, 1, NOW)

    with pytest.raises(ReasonMissing, match="结果"):
        database.write_now(lambda s: work(s, None))
    database.write_now(lambda s: work(s, Outcome.FIXED))


def test_the_resident_reopens_what_is_not_solved(database: Database) -> None:
    """没解决 brings the case back to work, without outcome, and into the queue."""

    def work(session: Session) -> None:
        case = submit(session)
        for to, reason in ((State.ACCEPTED, ""), (State.WORKING, ""), (State.RESOLVED, "修好了")):
            outcome = Outcome.FIXED if to is State.RESOLVED else None
            cases.move(session, case, Move(to, reason, outcome), Actor.STAFF, 1, NOW)
        resident = meet(session, case.community_id, "", "o1", NOW)
        cases.reopen(session, case, resident, NOW + timedelta(days=30), hours=HOURS)

    database.write_now(work)
    case = database.read_now(lambda s: s.scalars(select(Case)).one())
    assert (case.state, case.outcome) == (State.WORKING, "")
    assert case.resolve_due > NOW + timedelta(days=30)
    item = database.read_now(lambda s: s.scalars(select(QueueItem)).one())
    assert item.state == "open"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(State)), st.sampled_from(list(Actor))), max_size=12))
def test_no_history_leads_to_an_illegal_state(
    shared_sqlite: Database, wishes: list[tuple[State, Actor]]
) -> None:
    """After any wishes the events tell an unbroken chain of legal moves, each with actor and
    reason where it needs one, and the queue holds exactly what is left to do."""
    number = shared_sqlite.write_now(lambda s: submit(s).id)
    for to, actor in wishes:

        def work(session: Session, to: State = to, actor: Actor = actor) -> None:
            case = session.get_one(Case, number)
            cases.move(session, case, Move(to, "原因", Outcome.FIXED), actor, 7, NOW)

        try:
            shared_sqlite.write_now(work)
        except IllegalMove:
            continue

    def check(session: Session) -> None:
        case = session.get_one(Case, number)
        events = cases.events_of(session, case)
        state = State.SUBMITTED
        for event in (one for one in events if one.kind == "moved"):
            assert State(event.from_state) is state
            check_move(state, State(event.to_state), Actor(event.actor_kind))
            assert event.actor_id == 7
            assert event.reason
            state = State(event.to_state)
        assert State(case.state) is state
        item = session.scalars(select(QueueItem).where(QueueItem.case_id == number)).one()
        waits = state in OPEN and state not in (State.RESOLVED, State.REVIEW, State.WAITING)
        assert (item.state == "open") is waits

    shared_sqlite.read_now(check)


def test_events_are_never_changed(database: Database) -> None:
    """What happened to a case stays, whoever asks."""
    database.write_now(submit)
    with pytest.raises(Exception, match="append-only"):
        database.write_now(lambda s: s.query(CaseEvent).delete())
