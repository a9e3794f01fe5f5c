"""Hot topics: found among public cases, listed each week, proposed for deliberation once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.desk_reports import list_hot_topics
from services import hot_topics
from services.access import Forbidden, Permission
from services.calendar import OfficeHours
from services.case_states import State
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database
from storage.hot_topics import HotTopic
from tests.figures.world import NOW, Spec, add, found

HOURS = OfficeHours()
LIFT = Spec(
    category="elevator.fault",
    title="3栋电梯又停了",
    description="3栋电梯又停了，老人下不了楼，困过人也没修好",
    place="/st/one/g1/b3/",
)
OTHERS = ("楼道里堆满纸箱", "路灯不亮", "化粪池外溢臭气熏天", "广场舞声音太大", "快递柜占了车位")


def fill(session: Session) -> int:
    """A lift of which four complain, one of them in private, beside single matters."""
    for hour in (20.0, 44.0, 70.0):
        add(session, Spec(**(LIFT.__dict__ | {"age": hour})))
    add(session, Spec(**(LIFT.__dict__ | {"anonymous": True})))
    add(session, Spec(**(LIFT.__dict__ | {"age": 3000.0, "state": State.ARCHIVED})))
    for words in OTHERS:
        add(session, Spec(title=words, description=words, category="other", place="/st/one/g2/"))
    return session.scalars(select(Community.id).where(Community.code == "one")).one()


def listed(session: Session) -> list[HotTopic]:
    return list(session.scalars(select(HotTopic).order_by(HotTopic.week, HotTopic.rank)))


async def test_the_week_begins_with_its_list(database: Database) -> None:
    """What several say about one place; neither anonymous cases nor those long over count."""
    database.write_now(fill)
    await list_hot_topics(database, HOURS, NOW - timedelta(hours=6))
    assert database.read_now(listed) == []
    await list_hot_topics(database, HOURS, NOW)
    await list_hot_topics(database, HOURS, NOW + timedelta(days=1))
    [topic] = database.read_now(listed)
    assert (topic.week, topic.rank, topic.size) == (date(2026, 3, 16), 1, 3)
    assert (topic.category, topic.place_path) == ("elevator.fault", "/st/one/g1/")
    assert topic.heat_before is None
    assert (topic.ended_at - topic.started_at) == timedelta(hours=50)


async def test_the_next_list_tells_how_the_heat_moved(database: Database) -> None:
    """The same matter is known again by its cases."""
    database.write_now(fill)
    await list_hot_topics(database, HOURS, NOW)
    database.write_now(lambda s: add(s, Spec(**(LIFT.__dict__ | {"age": -24.0}))).id)
    await list_hot_topics(database, HOURS, NOW + timedelta(days=7))
    first, second = database.read_now(listed)
    assert second.heat_before == first.heat
    assert (second.size, set(first.case_ids) < set(second.case_ids)) == (4, True)


async def test_one_click_makes_a_proposal(database: Database) -> None:
    """Once; those who keep topics find it in the queue, and the hall takes it from there."""
    community = database.write_now(fill)
    await list_hot_topics(database, HOURS, NOW)

    def propose(session: Session) -> None:
        staff, [topic] = found(session), listed(session)
        for login in ("supervisor", "elsewhere"):
            with pytest.raises(Forbidden):
                hot_topics.make_topic(session, staff[login], topic, HOURS, NOW)
        hot_topics.make_topic(session, staff["grid"], topic, HOURS, NOW)
        with pytest.raises(hot_topics.AlreadyProposed):
            hot_topics.make_topic(session, staff["worker"], topic, HOURS, NOW)
        assert topic.state == "proposed"
        item = session.scalars(select(QueueItem)).one()
        assert (item.needs, item.state) == (Permission.KEEP_TOPICS, "open")
        assert item.link == f"/console/hot-topics/{topic.id}"

    database.write_now(propose)
    topics = database.read_now(lambda s: hot_topics.find(s, community, NOW))
    assert database.write_now(lambda s: hot_topics.store(s, community, topics, NOW)) == []

    def take(session: Session) -> None:
        [topic] = listed(session)
        with pytest.raises(Forbidden):
            hot_topics.take(session, topic, found(session)["grid"], NOW)
        hot_topics.take(session, topic, found(session)["worker"], NOW)
        assert topic.state == "taken"
        assert session.scalars(select(QueueItem)).one().state == "done"

    database.write_now(take)


async def test_a_partner_sees_no_topics(database: Database) -> None:
    """They see what was handed to them, not what the neighbourhood talks about."""
    database.write_now(fill)
    await list_hot_topics(database, HOURS, NOW)

    def work(session: Session) -> dict[str, int]:
        staff = found(session)
        return {login: len(hot_topics.newest(session, who)) for login, who in staff.items()}

    sees = database.read_now(work)
    assert sees == {"worker": 1, "grid": 1, "supervisor": 1, "partner": 0, "elsewhere": 0}
