"""What must hold before a stage ends or the next one begins, each with the words that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from deliberation.quorum import Outcome
from services import hall
from services.processes import Condition, Stage, StageKind
from storage.ballots import Ballot
from storage.hall import Attendance, Seat, Topic, TopicEvent, TopicTask
from storage.questionnaires import Questionnaire

Check = Callable[[Session, Topic], str | None]


def duties(session: Session, topic: Topic) -> list[str]:
    """What is still owed before the open stage may end: its record, sign-in and publication."""
    stage = hall.stage_of(topic)
    return list(_owed(session, topic, stage))


def _owed(session: Session, topic: Topic, stage: Stage) -> Iterator[str]:
    if stage.records and not _written(session, topic, stage, "record"):
        yield f"还没有写《{stage.records}》"
    if stage.sign_in and not _count(session, Attendance, topic, Attendance.stage == stage.key):
        yield "签到表还是空的"
    if stage.kind is StageKind.BALLOT:
        yield from _unvoted(session, topic, stage)
    if stage.publishes and not _written(session, topic, stage, "publication"):
        yield f"还没有公布《{stage.publishes}》"


def _unvoted(session: Session, topic: Topic, stage: Stage) -> Iterator[str]:
    here = Ballot.stage == stage.key
    if not _count(session, Ballot, topic, here):
        yield "这个阶段还没有表决"
    elif _count(session, Ballot, topic, here, Ballot.state != "closed"):
        yield "表决还没有截止"


def missing(session: Session, topic: Topic, stage: Stage) -> list[str]:
    """What does not yet hold for a stage to begin, in words; empty where it may."""
    found = (CHECKS[condition](session, topic) for condition in stage.entry)
    return [words for words in found if words]


def _written(session: Session, topic: Topic, stage: Stage, kind: str) -> bool:
    found = (TopicEvent.kind == kind, TopicEvent.stage == stage.key)
    return _count(session, TopicEvent, topic, *found) > 0


def _seats_filled(session: Session, topic: Topic) -> str | None:
    seats = session.scalars(select(Seat).where(Seat.topic_id == topic.id)).all()
    empty = [seat.title for seat in seats if seat.required and seat.state != "accepted"]
    if empty:
        return f"必需席位还空着：{'、'.join(empty)}"
    wanted = hall.process_of(topic).stakeholders
    taken = sum(not seat.required and seat.state == "accepted" for seat in seats)
    return f"利益相关方席位还差 {wanted - taken} 个" if taken < wanted else None


def _ballots_closed(session: Session, topic: Topic) -> str | None:
    left = _count(session, Ballot, topic, Ballot.state != "closed")
    return "表决还没有截止" if left else None


def _ballots_passed(session: Session, topic: Topic) -> str | None:
    outcomes = _outcomes(session, topic)
    if not outcomes:
        return "还没有表决结果"
    return None if outcomes[-1] == Outcome.PASS else "表决没有通过，不能实施"


def _quorum_met(session: Session, topic: Topic) -> str | None:
    outcomes = _outcomes(session, topic)
    if not outcomes:
        return "还没有表决结果"
    return "参与人数不够，表决不成立" if outcomes[-1] == Outcome.NO_QUORUM else None


def _outcomes(session: Session, topic: Topic) -> list[str]:
    query = select(Ballot).where(Ballot.topic_id == topic.id, Ballot.state == "closed")
    closed = session.scalars(query.order_by(Ballot.id))
    return [ballot.result["outcome"] for ballot in closed if ballot.result]


def _surveys_closed(session: Session, topic: Topic) -> str | None:
    if not _count(session, Questionnaire, topic):
        return "还没有问卷"
    left = _count(session, Questionnaire, topic, Questionnaire.state != "closed")
    return "问卷还没有截止" if left else None


def _decided(_session: Session, topic: Topic) -> str | None:
    return None if topic.decided_at else "还没有写决议和理由"


def _tasks_set(session: Session, topic: Topic) -> str | None:
    return None if _count(session, TopicTask, topic) else "还没有任务：谁来做、何时做完"


def _tasks_done(session: Session, topic: Topic) -> str | None:
    left = _count(session, TopicTask, topic, TopicTask.done_at.is_(None))
    return f"还有 {left} 项任务没完成" if left else None


def _count(session: Session, table: Any, topic: Topic, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(table.topic_id == topic.id, *conditions)
    return session.scalar(query) or 0


CHECKS: dict[Condition, Check] = {
    Condition.SEATS_FILLED: _seats_filled,
    Condition.BALLOTS_CLOSED: _ballots_closed,
    Condition.BALLOTS_PASSED: _ballots_passed,
    Condition.QUORUM_MET: _quorum_met,
    Condition.SURVEYS_CLOSED: _surveys_closed,
    Condition.DECIDED: _decided,
    Condition.TASKS_SET: _tasks_set,
    Condition.TASKS_DONE: _tasks_done,
}
