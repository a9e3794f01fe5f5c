"""A topic moves from stage to stage: records, publications, the next stage, the end.

A stage ends when what it owes is there (its record, its publication) and the next one's entry
conditions hold; optional stages may be left out. All of it stays in the topic's record.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session

from services import audit, desk, hall, hall_conditions, hall_news
from services.access import Permission, require
from services.hall import Happened
from services.processes import Stage
from storage.ballots import Ballot
from storage.desk import QueueItem
from storage.hall import Topic, TopicEvent
from storage.staff import Staff


class NotYet(Exception):
    """Something is missing; `reasons` are sentences in the staff's language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons


class StaleTopic(Exception):
    """Somebody has moved the topic meanwhile."""


def record(session: Session, staff: Staff, topic: Topic, text: str, now: datetime) -> TopicEvent:
    """Writes the stage's record (听证记录, 纪要 …). Raises NotYet for an empty one."""
    stage = _open_stage(staff, topic)
    what = Happened("record", stage.records or f"{stage.name}记录", _words(text))
    return hall.note(session, topic, what, staff, now)


def publish(session: Session, staff: Staff, topic: Topic, text: str, now: datetime) -> TopicEvent:
    """Publishes what the stage owes; everybody may read it from now on."""
    stage = _open_stage(staff, topic)
    title = stage.publishes or f"{stage.name}公告"
    what = Happened("publication", title, _words(text), public=True)
    event = hall.note(session, topic, what, staff, now)
    audit.record(session, now, staff, "topic.published", topic, after={"title": title})
    return event


def next_stages(session: Session, topic: Topic) -> list[tuple[Stage, list[str]]]:
    """The stages that may come now, each with what is still missing for it, in words."""
    owed = hall_conditions.duties(session, topic)
    following = hall.process_of(topic).after(topic.stage)
    return [(s, [*owed, *hall_conditions.missing(session, topic, s)]) for s in following]


def advance(
    session: Session, staff: Staff, topic: Topic, to: str, version: int, now: datetime
) -> Stage:
    """Moves on to the stage `to`. Raises NotYet, StaleTopic, Forbidden."""
    _open_stage(staff, topic)
    if topic.version != version:
        raise StaleTopic("这个议题刚刚有了变化，请刷新后再看")
    for stage, lacking in next_stages(session, topic):
        if stage.key == to:
            if lacking:
                raise NotYet(lacking)
            return _move(session, staff, topic, stage, now)
    raise NotYet(["不能跳到这个阶段"])


def _move(session: Session, staff: Staff, topic: Topic, stage: Stage, now: datetime) -> Stage:
    before = topic.stage
    desk.finish(session, source_of(topic), now, staff)
    hall.enter(topic, stage, now)
    hall.note(session, topic, Happened("stage", stage.name, public=True), staff, now)
    audit.record(
        session,
        now,
        staff,
        "topic.stage",
        topic,
        before={"stage": before},
        after={"stage": stage.key},
    )
    return stage


def finish(session: Session, staff: Staff, topic: Topic, now: datetime) -> None:
    """Closes a topic after its last stage. Raises NotYet while a stage is left or owed."""
    _open_stage(staff, topic)
    owed = hall_conditions.duties(session, topic)
    left = [s.name for s in hall.process_of(topic).after(topic.stage) if not s.optional]
    if owed or left:
        raise NotYet([*owed, *(f"还有阶段“{name}”" for name in left)])
    _close(session, staff, topic, "done", "议题办结", now)
    hall_news.tell(session, topic, "done", f"议题“{topic.title}”已经办结。{topic.outcome}", now)


def end(session: Session, staff: Staff, topic: Topic, reasons: str, now: datetime) -> None:
    """Ends a topic early, with reasons that everybody may read. Raises NotYet while a ballot of
    it is open: it closes by its own deadline.
    """
    _open_stage(staff, topic)
    open_now = exists().where(Ballot.topic_id == topic.id, Ballot.state == "open")
    if session.scalar(select(open_now)):
        raise NotYet(["表决正在进行，截止后才能终止"])
    topic.reasons = _words(reasons)
    _close(session, staff, topic, "ended", f"议题终止：{topic.reasons}", now)
    text = f"议题“{topic.title}”不再往下走了。原因：{topic.reasons}"
    hall_news.tell(session, topic, "ended", text, now)


def _close(
    session: Session, staff: Staff, topic: Topic, state: str, words: str, now: datetime
) -> None:
    desk.finish(session, source_of(topic), now, staff)
    hall.note(session, topic, Happened("ended", words[:80], words, public=True), staff, now)
    topic.state, topic.closed_at = state, now
    topic.stage_due, topic.version = None, topic.version + 1
    audit.record(session, now, staff, f"topic.{state}", topic)


def source_of(topic: Topic) -> str:
    """The name under which the stages of a topic wait in the queue."""
    return f"topic:{topic.id}"


def remind(session: Session, now: datetime) -> int:
    """Puts topics whose stage is over its time in the queue, once; returns how many."""
    late = session.scalars(
        select(Topic).where(
            Topic.state == "running",
            Topic.stage_due < now,
            ~exists().where(
                QueueItem.source == "topic:" + cast(Topic.id, String), QueueItem.state == "open"
            ),
        )
    ).all()
    for topic in late:
        subject = desk.Subject(
            community_id=topic.community_id,
            place_path=topic.place_path,
            link=f"/console/hall/{topic.id}",
            needs=Permission.KEEP_TOPICS,
        )
        title = f"议题“{topic.title}”的“{hall.stage_of(topic).name}”到期了"
        desk.put(session, desk.ItemKind.TOPIC, source_of(topic), title, subject, due=now, now=now)
    return len(late)


def _open_stage(staff: Staff, topic: Topic) -> Stage:
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if topic.state != "running":
        raise NotYet(["议题已经结束"])
    return hall.stage_of(topic)


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise NotYet(["内容还没有写"])
    return words
