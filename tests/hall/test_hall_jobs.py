"""The clock: ballots open and close at their minute, one that fails holds up no other."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.hall import HallClock
from services import hall, opinion_maps, statements
from services.processes import StageKind
from storage.ballots import Ballot
from storage.engine import Database
from storage.hall import Topic
from storage.messages import OutboxMessage
from storage.opinions import OpinionSnapshot
from storage.register import HomeTie
from tests.desk import Clock
from tests.hall.world import DAY, HOUR, NOW, Hall, people_the_hall


async def test_a_ballot_opens_and_closes_at_its_minute(database: Database) -> None:
    """Not before; voters of the register are invited, and told the result."""

    def plan(session: Session) -> None:
        people_the_hall(session)
        world = Hall(session)
        ballot = world.ballot(opens_at=NOW + HOUR, closes_at=NOW + DAY)
        assert ballot.state == "planned"

    database.write_now(plan)
    clock = Clock(NOW + HOUR - timedelta(minutes=1))
    job = HallClock(database, clock)
    states = []
    for _ in range(2):
        await job.run()
        states.append(database.read_now(lambda s: s.scalars(select(Ballot.state)).one()))
        clock.forward(minutes=1)
    database.write_now(lambda s: Hall(s, clock()).vote(s.scalars(select(Ballot)).one(), 1, "yes"))
    clock.now = NOW + DAY
    await job.run()
    await job.run()
    states.append(database.read_now(lambda s: s.scalars(select(Ballot.state)).one()))
    assert states == ["planned", "open", "closed"]
    told = database.read_now(lambda s: list(s.scalars(select(OutboxMessage.text))))
    assert sum("请您投一票" in text for text in told) == 12
    assert sum("有结果了" in text for text in told) == 1


async def test_a_ballot_that_cannot_open_holds_up_no_other(database: Database) -> None:
    """Its electorate is gone: staff see why, it is put off, and the other one opens."""

    def plan(session: Session) -> None:
        people_the_hall(session)
        world = Hall(session)
        first, second = world.in_ballot("3x"), world.in_ballot("poll")
        world.ballot(first, opens_at=NOW + HOUR)
        world.ballot(second, opens_at=NOW + HOUR)
        for tie in world.session.scalars(select(HomeTie)).all():
            world.session.delete(tie)

    database.write_now(plan)
    await HallClock(database, Clock(NOW + HOUR)).run()
    query = select(Ballot.state, Ballot.opens_at).order_by(Ballot.id)
    found = database.read_now(lambda s: s.execute(query).all())
    assert [state for state, _ in found] == ["planned", "open"]
    assert found[0][1] == NOW + 2 * HOUR


async def test_opinion_maps_are_computed_when_answers_change(database: Database) -> None:
    """Once for each change; below fifty people there are counts and no positions."""

    def ask(session: Session) -> None:
        people_the_hall(session)
        world = Hall(session)
        topic = world.topic("3x")
        stage = next(s for s in hall.process_of(topic).stages if s.kind is StageKind.OPINIONS)
        hall.enter(topic, stage, world.now)
        for words in ("先看采光", "按楼层分"):
            one = statements.seed(world.session, world.staff(), topic, words, world.now)
            for number in range(1, 9):
                resident = world.resident(number)
                statements.answer(world.session, one, resident, 1 - number % 3, world.now)

    database.write_now(ask)
    job = HallClock(database, Clock(NOW + HOUR))
    await job.maps()
    assert database.read_now(opinion_maps.stale) == []
    kept = database.read_now(lambda s: s.scalars(select(OpinionSnapshot)).one().map)
    assert sorted(kept["participants"]) == [str(n) for n in range(1, 9)]
    assert kept["groups"] == []
    assert all(one["seen"] == 8 for one in kept["statements"].values())
    assert database.read_now(lambda s: len(s.scalars(select(Topic)).all())) == 1
