"""Opinions on a topic (观点): residents add statements and answer others' one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from deliberation.opinions.routing import next_statement, priority
from services import hall, moderation
from services.access import Permission, require
from services.calendar import OfficeHours
from services.processes import StageKind
from storage.hall import Topic
from storage.moderation import Submission
from storage.opinions import OpinionSnapshot, Statement, StatementAnswer
from storage.residents import Resident
from storage.staff import Staff

KIND = "statement"
ANSWERS = {1: "赞成", -1: "反对", 0: "说不准"}
LONGEST = 140
MOST_WAITING = 5
"""Statements that one resident may have before the reviewers at a time."""


class NotTaken(Exception):
    """The topic takes no opinions now, or no more of this one."""


@dataclass(frozen=True, slots=True)
class Count:
    """How a statement was answered."""

    statement: Statement
    agree: int
    disagree: int
    passed: int

    @property
    def seen(self) -> int:
        return self.agree + self.disagree + self.passed


def takes_opinions(topic: Topic) -> bool:
    """Whether opinions are asked for now: the topic is in such a stage."""
    return topic.state == "running" and hall.stage_of(topic).kind is StageKind.OPINIONS


def topics_asking(session: Session, community_id: int) -> list[Topic]:
    """The running topics that ask for opinions, the newest first."""
    running = hall.public_topics(session, community_id, state="running")
    return [topic for topic in running if takes_opinions(topic)]


def add(
    session: Session, topic: Topic, author: Resident, words: str, hours: OfficeHours, now: datetime
) -> Statement:
    """Takes a statement and puts it before the reviewers. Raises NotTaken."""
    text = " ".join(words.split())
    if not takes_opinions(topic):
        raise NotTaken("现在不收意见了")
    if not 2 <= len(text) <= LONGEST:
        raise NotTaken(f"一条意见 2 到 {LONGEST} 个字")
    mine = (Statement.topic_id == topic.id, Statement.resident_id == author.id)
    if _number(session, *mine, Statement.state == "waiting") >= MOST_WAITING:
        raise NotTaken("您有好几条还在审，等公开了再说")
    statement = _new(session, topic, author.id, text, "waiting", now)
    wanted = moderation.Wanted(KIND, statement.id, f"意见：{topic.title}", text, author)
    moderation.submit(session, wanted, topic.community_id, hours, now)
    return statement


def seed(session: Session, staff: Staff, topic: Topic, words: str, now: datetime) -> Statement:
    """A statement that staff put up to begin with, open at once. Raises NotTaken, Forbidden."""
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    text = " ".join(words.split())
    if not 2 <= len(text) <= LONGEST:
        raise NotTaken(f"一条意见 2 到 {LONGEST} 个字")
    return _new(session, topic, None, text, "open", now)


def moderated(session: Session, submission: Submission, _now: datetime) -> None:
    """The reviewer has decided about a statement."""
    statement = session.get_one(Statement, submission.subject_id)
    statement.state = "open" if submission.state == "published" else "refused"


def answer(
    session: Session, statement: Statement, resident: Resident, given: int, now: datetime
) -> None:
    """Takes 1 赞成, −1 反对 or 0 略过; the newest stands. Raises NotTaken."""
    topic = session.get_one(Topic, statement.topic_id)
    if not takes_opinions(topic) or statement.state != "open" or given not in ANSWERS:
        raise NotTaken("这条意见现在不收表态了")
    found = session.get(StatementAnswer, (statement.id, resident.id))
    if found is not None:
        found.answer, found.at = given, now
        return
    session.add(
        StatementAnswer(statement_id=statement.id, resident_id=resident.id, answer=given, at=now)
    )
    session.flush()


def next_for(session: Session, topic: Topic, resident: Resident, chance: float) -> Statement | None:
    """The statement to show next: drawn by weight among those not answered; None when all are.

    `chance` in [0, 1). Weights as of the map, with the extremity of its last computation.
    """
    counts = counts_of(session, topic)
    done = set(session.scalars(_answered(topic, resident)))
    weights = _priorities(session, topic, counts)
    drawn = next_statement(weights, {str(number) for number in done}, chance)
    by_id = {str(one.statement.id): one.statement for one in counts}
    return by_id[drawn] if drawn is not None else None


def progress(session: Session, topic: Topic, resident: Resident) -> tuple[int, int]:
    """How many statements a resident has answered, and how many there are."""
    done = len(session.scalars(_answered(topic, resident)).all())
    return done, _number(session, Statement.topic_id == topic.id, Statement.state == "open")


def counts_of(session: Session, topic: Topic) -> list[Count]:
    """Every open statement with its answers, in the order in which they came."""
    given = StatementAnswer.answer
    sums = [func.coalesce(func.sum(case((given == side, 1), else_=0)), 0) for side in (1, -1, 0)]
    query = (
        select(Statement, *sums)
        .outerjoin(StatementAnswer, StatementAnswer.statement_id == Statement.id)
        .where(Statement.topic_id == topic.id, Statement.state == "open")
        .group_by(Statement.id)
        .order_by(Statement.id)
    )
    return [Count(one, int(a), int(d), int(p)) for one, a, d, p in session.execute(query)]


def number_of_participants(session: Session, topic: Topic) -> int:
    """How many residents answered at least one statement."""
    query = (
        select(func.count(func.distinct(StatementAnswer.resident_id)))
        .join(Statement, Statement.id == StatementAnswer.statement_id)
        .where(Statement.topic_id == topic.id)
    )
    return session.scalar(query) or 0


def statement_of(session: Session, community_id: int, statement_id: int) -> Statement | None:
    """A statement of this community by its number."""
    query = select(Statement).where(
        Statement.community_id == community_id, Statement.id == statement_id
    )
    return session.scalar(query)


def _answered(topic: Topic, resident: Resident) -> Select[int]:
    return (
        select(StatementAnswer.statement_id)
        .join(Statement, Statement.id == StatementAnswer.statement_id)
        .where(
            Statement.topic_id == topic.id,
            Statement.state == "open",
            StatementAnswer.resident_id == resident.id,
        )
    )


def _priorities(session: Session, topic: Topic, counts: list[Count]) -> dict[str, float]:
    if not counts:
        return {}
    snapshot = session.get(OpinionSnapshot, topic.id)
    known = snapshot.map.get("statements", {}) if snapshot else {}
    names = [str(one.statement.id) for one in counts]
    extremity = [(known.get(name) or {}).get("extremity") or 0.0 for name in names]
    columns = np.array([(one.agree, one.passed, one.seen) for one in counts]).T
    weights = priority(columns[0], columns[1], columns[2], np.array(extremity))
    return dict(zip(names, weights.tolist(), strict=True))


def _new(
    session: Session, topic: Topic, author: int | None, text: str, state: str, now: datetime
) -> Statement:
    statement = Statement(
        community_id=topic.community_id,
        topic_id=topic.id,
        resident_id=author,
        text=text,
        state=state,
        created_at=now,
    )
    session.add(statement)
    session.flush()
    return statement


def _number(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Statement.id)).where(*conditions)) or 0
