"""What comes of a topic: the decision with its reasons, tasks with owner and date, the rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, hall, hall_news
from services.access import Permission, require
from services.hall import Happened
from services.hall_stages import NotYet
from services.processes import StageKind
from storage.hall import Topic, TopicRating, TopicTask
from storage.residents import Resident
from storage.staff import Staff

SCORES = {5: "很满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意"}


@dataclass(frozen=True, slots=True)
class Ratings:
    """How a topic is rated: how many rated it, the mean in hundredths, how many gave each score."""

    number: int
    mean_hundredths: int
    scores: dict[int, int]


def decide(
    session: Session, staff: Staff, topic: Topic, outcome: str, reasons: str, now: datetime
) -> None:
    """Writes the decision and why; every participant hears of it. Raises NotYet, Forbidden."""
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if topic.state != "running" or hall.stage_of(topic).kind is not StageKind.DECISION:
        raise NotYet(["要在形成决议的阶段写决议"])
    if not outcome.strip() or not reasons.strip():
        raise NotYet(["决议和理由都要写"])
    topic.outcome, topic.reasons, topic.decided_at = outcome.strip(), reasons.strip(), now
    topic.version += 1
    text = f"决议：{topic.outcome}\n理由：{topic.reasons}"
    hall.note(session, topic, Happened("decision", "决议", text, public=True), staff, now)
    audit.record(session, now, staff, "topic.decided", topic)
    stamp = int(now.timestamp())
    hall_news.tell(
        session,
        topic,
        f"decided:{stamp}",
        f"您参与的议题“{topic.title}”有决议了：\n{topic.outcome}\n理由：{topic.reasons}",
        now,
    )


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is to be done, by whom, by when."""

    title: str
    owner: str
    due: date


def add_task(
    session: Session, staff: Staff, topic: Topic, new: NewTask, now: datetime
) -> TopicTask:
    """Sets a task. Raises NotYet without a title or owner."""
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if topic.state != "running" or not new.title.strip() or not new.owner.strip():
        raise NotYet(["任务要写明做什么、谁负责"])
    task = TopicTask(
        community_id=topic.community_id,
        topic_id=topic.id,
        title=new.title.strip()[:80],
        owner=new.owner.strip()[:48],
        due=new.due,
        created_at=now,
    )
    session.add(task)
    session.flush()
    words = f"{task.title}（{task.owner}，{new.due.month}月{new.due.day}日前）"
    hall.note(session, topic, Happened("task", words, public=True), staff, now)
    return task


def progress(
    session: Session, staff: Staff, task: TopicTask, percent: int, words: str, now: datetime
) -> None:
    """Notes how far a task is, 0 to 100; at 100 it is done. Raises NotYet."""
    topic = session.get_one(Topic, task.topic_id)
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if not 0 <= percent <= 100 or not words.strip():
        raise NotYet(["进度是 0 到 100，并写一句做了什么"])
    task.progress, task.done_at = percent, now if percent == 100 else None
    what = Happened("progress", f"{task.title} {percent}%", words.strip(), public=True)
    hall.note(session, topic, what, staff, now)


def tasks_of(session: Session, topic: Topic) -> list[TopicTask]:
    """The tasks of a topic by their dates."""
    query = select(TopicTask).where(TopicTask.topic_id == topic.id)
    return list(session.scalars(query.order_by(TopicTask.due, TopicTask.id)))


def rate(session: Session, topic: Topic, resident: Resident, score: int, now: datetime) -> None:
    """Takes a resident's rating; the newest stands. Raises NotYet before the review stage,
    ValueError for a score that is none.
    """
    if score not in SCORES:
        raise ValueError(f"no score {score}")
    if not may_rate(topic):
        raise NotYet(["还没到评议的时候"])
    mine = (TopicRating.topic_id == topic.id, TopicRating.resident_id == resident.id)
    found = session.scalar(select(TopicRating).where(*mine))
    if found is not None:
        found.score, found.at = score, now
        return
    session.add(
        TopicRating(
            community_id=topic.community_id,
            topic_id=topic.id,
            resident_id=resident.id,
            score=score,
            at=now,
        )
    )


def may_rate(topic: Topic) -> bool:
    """Whether a topic is being rated: in its review stage, or done."""
    return topic.state == "done" or (
        topic.state == "running" and hall.stage_of(topic).kind is StageKind.REVIEW
    )


def ratings(session: Session, topic: Topic) -> Ratings:
    """The ratings of a topic in all."""
    query = select(TopicRating.score, func.count()).where(TopicRating.topic_id == topic.id)
    given = {score: count for score, count in session.execute(query.group_by(TopicRating.score))}
    number = sum(given.values())
    total = sum(score * count for score, count in given.items())
    return Ratings(
        number,
        (200 * total + number) // (2 * number) if number else 0,
        {score: given.get(score, 0) for score in SCORES},
    )
