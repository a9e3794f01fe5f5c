"""Hot topics: each week the public cases that many raise at one place and time, hottest first.

Only cases that everybody may see are compared; what a topic says in public is its category and
place, never the words of a resident. One click proposes a topic for deliberation; the hall takes
it from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from hotspots.records import Message, Topic
from hotspots.topics import hot_topics
from services import audit, desk
from services.access import Permission, Role, require, visible_cases, visible_to
from services.calendar import CHINA, OfficeHours
from services.case_measures import in_work, sensitive
from services.grids import Grids
from services.place_names import names_of
from services.places import community_path
from storage.cases import Case
from storage.hot_topics import HotTopic
from storage.staff import Staff

RECENT = timedelta(days=60)
"""How long a closed case still adds to a topic; open ones always do."""
MOST_CASES = 2000
"""The newest cases that are compared: all with all, which takes a few seconds at most."""
LISTED = 12
SAME = 0.25
"""From this share of common cases two topics of two weeks are the same matter."""
TIME_TO_DECIDE = 2700
"""Working minutes a proposal may wait: one working week."""


class AlreadyProposed(Exception):
    """Somebody has proposed this topic; the message says so."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine finds is turned into: a topic with the cases behind it."""

    topic: Topic
    cases: tuple[Case, ...]


def week_of(now: datetime) -> date:
    """The local Monday of the week."""
    today = now.astimezone(CHINA).date()
    return today - timedelta(days=today.weekday())


def due(session: Session, hours: OfficeHours, now: datetime) -> list[int]:
    """The communities (by id) whose list of this week is missing, while the office is open."""
    if not hours.is_open(now):
        return []
    listed = select(HotTopic.community_id).where(HotTopic.week == week_of(now))
    with_cases = select(Case.community_id).where(_compared(now)).group_by(Case.community_id)
    several = with_cases.having(func.count() > 1)
    return list(session.scalars(several.where(Case.community_id.not_in(listed))))


def find(session: Session, community_id: int, now: datetime) -> list[Found]:
    """The hottest topics among the public cases of a community; slow, and changes nothing."""
    query = (
        select(Case)
        .where(Case.community_id == community_id, _compared(now))
        .order_by(Case.id.desc())
        .limit(MOST_CASES)
    )
    cases = {str(case.id): case for case in session.scalars(query)}
    places = names_of(session, {case.place_path for case in cases.values()})
    messages = [_message(case, places[case.place_path]) for case in cases.values()]
    topics = hot_topics(messages, now=now)[:LISTED]
    return [Found(topic, tuple(cases[one] for one in topic.ids)) for topic in topics]


def _compared(now: datetime) -> ColumnElement[bool]:
    return ~sensitive() & or_(in_work(), Case.created_at > now - RECENT)


def _message(case: Case, place: str) -> Message:
    return Message(
        id=str(case.id),
        time=case.created_at,
        text=case.description,
        title=case.title,
        place=place,
        person=str(case.resident_id or ""),
    )


def store(
    session: Session, community_id: int, found: Sequence[Found], now: datetime
) -> list[HotTopic]:
    """Makes `found` the list of this week; what is proposed or taken already stays."""
    week = week_of(now)
    of_week = (HotTopic.community_id == community_id, HotTopic.week == week)
    session.execute(delete(HotTopic).where(*of_week, HotTopic.state == "listed"))
    kept = list(session.scalars(select(HotTopic).where(*of_week)))
    fresh = [one for one in found if not any(_same(row, one.topic) for row in kept)]
    taken = {row.rank for row in kept}
    ranks = [rank for rank in range(1, len(fresh) + len(kept) + 1) if rank not in taken]
    before = _list_before(session, community_id, week)
    grids = Grids.of(session)
    rows = [_row(one, rank, before, grids) for rank, one in zip(ranks, fresh, strict=False)]
    for row in rows:
        row.community_id, row.week, row.created_at = community_id, week, now
    session.add_all(rows)
    session.flush()
    return rows


def _row(found: Found, rank: int, before: Sequence[HotTopic], grids: Grids) -> HotTopic:
    topic = found.topic
    known = next((row for row in before if _same(row, topic)), None)
    return HotTopic(
        rank=rank,
        heat=topic.heat,
        heat_before=known.heat if known else None,
        summary=topic.summary[:120],
        category=_commonest(case.category for case in found.cases),
        place_path=_commonest(grids.find(case.place_path) for case in found.cases),
        size=topic.size,
        case_ids=[case.id for case in found.cases],
        started_at=topic.start,
        ended_at=topic.end,
    )


def _commonest(values: Iterable[str]) -> str:
    counted = Counter(values)
    return min(counted, key=lambda value: (-counted[value], value))


def _same(row: HotTopic, topic: Topic) -> bool:
    one, other = set(row.case_ids), {int(number) for number in topic.ids}
    return len(one & other) >= SAME * len(one | other)


def _list_before(session: Session, community_id: int, week: date) -> list[HotTopic]:
    mine = HotTopic.community_id == community_id
    last = select(func.max(HotTopic.week)).where(mine, HotTopic.week < week).scalar_subquery()
    return list(session.scalars(select(HotTopic).where(mine, HotTopic.week == last)))


def newest(session: Session, staff: Staff) -> list[HotTopic]:
    """The newest list of each community in the scope of `staff`, by community, then rank."""
    query = select(HotTopic).where(_visible(staff), _of_last_list())
    return list(session.scalars(query.order_by(HotTopic.community_id, HotTopic.rank)))


def of_community(session: Session, community_id: int) -> list[HotTopic]:
    """The newest list of one community, as the public may see it: without the words."""
    mine = HotTopic.community_id == community_id
    query = select(HotTopic).where(mine, _of_last_list()).order_by(HotTopic.rank)
    return list(session.scalars(query))


def _of_last_list() -> ColumnElement[bool]:
    other = aliased(HotTopic)
    last = select(func.max(other.week)).where(other.community_id == HotTopic.community_id)
    return HotTopic.week == last.scalar_subquery()


def find_one(session: Session, staff: Staff, topic_id: int) -> HotTopic | None:
    """A topic in the scope of `staff`."""
    return session.scalar(select(HotTopic).where(HotTopic.id == topic_id, _visible(staff)))


def _visible(staff: Staff) -> ColumnElement[bool]:
    """In scope; a partner sees what was handed to them, not what the neighbourhood talks about."""
    if staff.role == Role.PARTNER:
        return false()
    return visible_to(staff, HotTopic.place_path)


def cases_of(session: Session, staff: Staff, topic: HotTopic) -> list[Case]:
    """The cases of a topic that are in sight of `staff`, the newest first."""
    query = select(Case).where(Case.id.in_(topic.case_ids), visible_cases(staff))
    return list(session.scalars(query.order_by(Case.created_at.desc(), Case.id.desc())))


def make_topic(
    session: Session, staff: Staff, topic: HotTopic, hours: OfficeHours, now: datetime
) -> None:
    """Proposes a hot topic for deliberation: a record and a queue item for those who keep topics.

    Raises Forbidden outside the scope, AlreadyProposed where it is under way.
    """
    require(staff, Permission.HANDLE, topic.place_path)
    if topic.state != "listed":
        raise AlreadyProposed("这个热点已经有人建议成为议题了")
    topic.state, topic.proposed_by, topic.proposed_at = "proposed", staff.id, now
    subject = desk.Subject(
        community_id=topic.community_id,
        place_path=community_path(session, topic.community_id),
        link=f"/console/hot-topics/{topic.id}",
        needs=Permission.KEEP_TOPICS,
    )
    due_at = hours.add(now, TIME_TO_DECIDE)
    title = f"建议议一议：{topic.summary}（{topic.size} 件）"
    desk.put(session, desk.ItemKind.TOPIC, source_of(topic), title, subject, due=due_at, now=now)
    audit.record(session, now, staff, "topic.propose", topic)


def take(session: Session, topic: HotTopic, staff: Staff, now: datetime) -> None:
    """Notes that the hall deliberates the topic now, and ends its waiting; raises Forbidden."""
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    topic.state = "taken"
    desk.finish(session, source_of(topic), now, staff)


def source_of(topic: HotTopic) -> str:
    """The name under which a proposal waits in the queue."""
    return f"hot-topic:{topic.id}"
