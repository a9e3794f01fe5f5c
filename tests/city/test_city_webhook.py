"""Events for the system of the city: signed, in order, once, never personal, never lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from intents.tickets import format_ticket
from services import cases, city_events
from services.calendar import OfficeHours
from services.case_states import Actor, Outcome, State
from services.cases import Move, NewCase
from services.residents import meet
from storage.cases import Case
from storage.city import CityEvent
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database
from tests.city.conftest import Line
from tests.desk import WORKDAY_MORNING as NOW

HOURS = OfficeHours()
PERSONAL = ("王秀兰", "13800001234", "三楼", "o-secret", "师傅")


def add_case(session: Session, *, private: bool = False, anonymous: bool = False) -> Case:
    if session.scalar(select(Community)) is None:
        open_community(session, NOW)
    community = session.scalars(select(Community)).one()
    resident = meet(session, community.id, "", "o-secret", NOW)
    resident.name, resident.phone = "王秀兰", "13800001234"
    new = NewCase(
        community_id=community.id,
        category="lighting.street",
        title="王秀兰三楼的灯坏了",
        description="3栋2单元三楼的灯坏了，电话13800001234",
        place_path="/HPJD/demo/G1/B3/B3U2/",
        contact_phone="13800001234",
        private=private,
        anonymous=anonymous,
    )
    return cases.submit(session, new, resident, HOURS, NOW)


def finish(session: Session, case_id: int) -> None:
    """The whole way of a case, to the archive."""
    case = session.get_one(Case, case_id)
    for wish in (
        Move(State.ACCEPTED),
        Move(State.WORKING),
        Move(State.RESOLVED, "师傅换了灯泡", Outcome.FIXED),
        Move(State.REVIEW),
        Move(State.ARCHIVED),
    ):
        cases.move(session, case, wish, Actor.STAFF, 1, NOW)


def states(database: Database) -> list[str]:
    return database.read_now(
        lambda s: list(s.scalars(select(CityEvent.state).order_by(CityEvent.id)))
    )


async def test_created_changed_and_closed_arrive_in_order(line: Line, database: Database) -> None:
    case = database.write_now(add_case)
    database.write_now(lambda s: finish(s, case.id))
    await line.run()
    events = [(one["event"], one["state"], one["outcome"]) for one in line.city.seen]
    assert events == [
        ("case.created", "submitted", ""),
        ("case.state_changed", "accepted", ""),
        ("case.state_changed", "working", ""),
        ("case.state_changed", "resolved", "fixed"),
        ("case.state_changed", "review", "fixed"),
        ("case.closed", "archived", "fixed"),
    ]
    first = line.city.seen[0]
    assert (first["case"], first["category"], first["national_class"], first["place"]) == (
        "1001-9",
        "lighting.street",
        "C01",
        "B3",
    )
    assert set(states(database)) == {"sent"}


async def test_nothing_personal_is_sent(line: Line, database: Database) -> None:
    """Neither the person nor their words; private and anonymous cases not at all."""
    for kind in ({}, {"private": True}, {"anonymous": True}):
        case = database.write_now(lambda s, k=kind: add_case(s, **k))  # type: ignore[misc]
        database.write_now(lambda s, c=case.id: finish(s, c))  # type: ignore[misc]
    await line.run()
    assert {one["case"] for one in line.city.seen} == {"1001-9"}
    assert not [word for word in PERSONAL if word in "".join(line.city.raw)]


async def test_a_case_that_became_private_is_not_sent_any_more(
    line: Line, database: Database
) -> None:
    case = database.write_now(add_case)
    line.city.answers = [500]
    await line.run()

    def close(session: Session) -> None:
        session.get_one(Case, case.id).private = True

    database.write_now(close)
    await line.run(3, forward=4000)
    assert line.city.seen == []
    assert states(database) == ["void"]


@pytest.mark.parametrize("trouble", [500, 503, 302, 0])
async def test_an_event_not_taken_is_sent_again_later_with_the_same_key(
    line: Line, database: Database, trouble: int
) -> None:
    """Whatever went wrong: an error, a redirect, no answer in time."""
    database.write_now(add_case)
    line.city.answers = [trouble, trouble]
    await line.run()
    assert (line.city.seen, states(database)) == ([], ["ready"])
    await line.run(forward=9)  # not yet
    assert len(line.city.keys) == 1
    await line.run(forward=2)
    await line.run(forward=21)
    assert len(line.city.seen) == 1
    assert len(set(line.city.keys)) == 1
    assert states(database) == ["sent"]


async def test_a_repeat_that_the_receiver_knows_counts_as_taken(
    line: Line, database: Database
) -> None:
    """It took the event, but its answer was lost."""
    database.write_now(add_case)
    line.city.answers = [0, 409]
    await line.run(2, forward=11)
    assert states(database) == ["sent"]
    assert len(line.city.keys) == 2


async def test_later_events_of_a_case_wait_for_the_first_one(
    line: Line, database: Database
) -> None:
    """Another case goes on."""
    stuck, other = database.write_now(add_case), database.write_now(add_case)
    database.write_now(lambda s: finish(s, stuck.id))
    line.city.answers = [500]
    await line.run()
    assert {one["case"] for one in line.city.seen} == {"1002-" + _digit(other.number)}
    await line.run(forward=11)
    assert len(line.city.seen) == 7


def _digit(number: int) -> str:
    return format_ticket(number)[-1]


async def test_after_the_last_try_staff_are_told_and_may_send_again(
    line: Line, database: Database
) -> None:
    case = database.write_now(add_case)
    line.city.answers = [500] * city_events.MOST_TRIES
    await line.run(city_events.MOST_TRIES + 2, forward=3700)
    assert len(line.city.keys) == city_events.MOST_TRIES
    assert states(database) == ["dead"]
    item = database.read_now(
        lambda s: s.scalars(select(QueueItem).where(QueueItem.kind == "failed_send")).one()
    )
    assert (item.link, item.needs, item.state) == ("/console/city", "keep_desk", "open")
    stuck = database.read_now(lambda s: city_events.stuck(s, [case.community_id]))
    assert [(row.error, number) for row, number in stuck] == [("HTTP 500", "1001-9")]
    database.write_now(lambda s: city_events.try_again(s, case.community_id, line.clock()))
    await line.run()
    assert states(database) == ["sent"]
    done = database.read_now(lambda s: s.get_one(QueueItem, item.id).state)
    assert done == "done"


async def test_a_worker_that_died_while_sending_loses_nothing(
    line: Line, database: Database
) -> None:
    """Its lease runs out, and the event is sent again under the same key."""
    database.write_now(add_case)
    catalogues = line.job._catalogues
    database.write_now(lambda s: city_events.gather(s, catalogues, line.clock()))
    claimed = database.write_now(lambda s: city_events.claim(s, catalogues, line.clock()))
    assert len(claimed) == 1
    await line.run()
    assert line.city.seen == []
    await line.run(forward=city_events.LEASE.total_seconds())
    assert line.city.keys == [claimed[0].key]


async def test_running_again_sends_nothing_twice(line: Line, database: Database) -> None:
    case = database.write_now(add_case)
    await line.run(3, forward=60)
    database.write_now(
        lambda s: cases.move(s, s.get_one(Case, case.id), Move(State.ACCEPTED), Actor.STAFF, 1, NOW)
    )
    await line.run(3, forward=60)
    assert [one["event"] for one in line.city.seen] == ["case.created", "case.state_changed"]
    assert len(set(line.city.keys)) == 2
