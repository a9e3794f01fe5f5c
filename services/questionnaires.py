"""Questionnaires (调查问卷): asked one question at a time, resumed where one stopped.

A census asks everybody of the register and shows its response rate; an open one takes whoever
comes and says so. The two are never mixed, and n is always shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, electorates, hall
from services.access import Permission, require
from services.hall import Happened
from services.processes import Electors, StageKind
from services.question_forms import (
    END,
    Answer,
    BadQuestions,
    NoAnswer,
    Question,
    QuestionKind,
    checked,
    following,
    on_the_way,
    read_questions,
)
from services.register import person_of
from storage.ballots import Ballot
from storage.hall import Topic
from storage.questionnaires import Questionnaire, QuestionnaireResponse
from storage.register import Home, HomeTie
from storage.residents import Resident
from storage.staff import Staff

AUDIENCES = {"census": "名册内每人一份", "open": "开放填写，不代表全体居民"}
FEWEST_SHOWN = 5
"""Below so many finished answers nothing is broken down."""


@dataclass(frozen=True, slots=True)
class NewQuestionnaire:
    """What is asked, of whom (`census` or `open`), and when."""

    title: str
    questions: Sequence[Mapping[str, Any]]
    opens_at: datetime
    closes_at: datetime
    intro: str = ""
    audience: str = "open"
    place_path: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What came in: `finished` of `invited` (0 where open), and per question its counts.

    `counts` maps each option (or 1–5) to how many chose it, `texts` holds free words; both are
    empty below FEWEST_SHOWN.
    """

    begun: int
    finished: int
    invited: int
    counts: Mapping[str, Mapping[str, int]]
    texts: Mapping[str, tuple[str, ...]]
    answered: Mapping[str, int]


def plan(
    session: Session, staff: Staff, topic: Topic, new: NewQuestionnaire, now: datetime
) -> Questionnaire:
    """Plans a questionnaire of the topic's open stage; the job opens it.

    Raises BadQuestions, Forbidden.
    """
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if topic.state != "running" or hall.stage_of(topic).kind is not StageKind.QUESTIONNAIRE:
        raise BadQuestions("议题要在填写问卷的阶段才能安排问卷")
    if new.audience not in AUDIENCES or not new.title.strip():
        raise BadQuestions("请写标题，并选好是普查还是开放")
    if not now <= new.opens_at < new.closes_at:
        raise BadQuestions("开始时间不能早于现在，截止时间要晚于开始时间")
    questions = read_questions(new.questions)
    sheet = Questionnaire(
        community_id=topic.community_id,
        topic_id=topic.id,
        title=new.title.strip()[:80],
        intro=new.intro.strip(),
        questions=[question.to_json() for question in questions],
        audience=new.audience,
        place_path=new.place_path or topic.place_path,
        state="planned",
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        created_by=staff.id,
        created_at=now,
    )
    session.add(sheet)
    session.flush()
    audit.record(session, now, staff, "questionnaire.planned", sheet)
    return sheet


def open_sheet(session: Session, sheet: Questionnaire, now: datetime) -> None:
    """Opens a questionnaire; a census freezes how many are asked."""
    if sheet.audience == "census":
        everybody = Ballot(
            community_id=sheet.community_id,
            electorate=Electors.PERSONS.value,
            place_path=sheet.place_path,
            listed=[],
        )
        sheet.invited = len(electorates.voices(session, everybody))
    sheet.state = "open"
    _note(session, sheet, f"问卷开始：{sheet.title}", now)


def close_sheet(session: Session, sheet: Questionnaire, now: datetime) -> None:
    """Closes a questionnaire."""
    sheet.state = "closed"
    _note(session, sheet, f"问卷截止：{sheet.title}", now)


def _note(session: Session, sheet: Questionnaire, words: str, now: datetime) -> None:
    topic = session.get(Topic, sheet.topic_id) if sheet.topic_id else None
    if topic is not None:
        hall.note(session, topic, Happened("survey", words, public=True), None, now)


def questions_of(sheet: Questionnaire) -> tuple[Question, ...]:
    """The questions."""
    return read_questions(sheet.questions)


def open_for(session: Session, resident: Resident, now: datetime) -> list[Questionnaire]:
    """The questionnaires that a resident may fill now and has not finished."""
    query = select(Questionnaire).where(
        Questionnaire.community_id == resident.community_id,
        Questionnaire.state == "open",
        Questionnaire.closes_at > now,
    )
    sheets = session.scalars(query.order_by(Questionnaire.closes_at, Questionnaire.id))
    return [
        sheet
        for sheet in sheets
        if not _finished(session, sheet, resident) and is_asked(session, sheet, resident)
    ]


def is_asked(session: Session, sheet: Questionnaire, resident: Resident) -> bool:
    """Whether a questionnaire is for this resident."""
    if sheet.audience == "open":
        return True
    person = person_of(session, resident)
    if person is None or not person.adult:
        return False
    inside = Home.place_path.between(sheet.place_path, sheet.place_path + "\U0010ffff")
    lives = (
        select(HomeTie.home_id)
        .join(Home, Home.id == HomeTie.home_id)
        .where(HomeTie.person_id == person.id, HomeTie.lives.is_(True), inside)
    )
    return session.scalar(lives.limit(1)) is not None


def response_of(
    session: Session, sheet: Questionnaire, resident: Resident
) -> QuestionnaireResponse | None:
    """What a resident has answered so far."""
    query = select(QuestionnaireResponse).where(
        QuestionnaireResponse.questionnaire_id == sheet.id,
        QuestionnaireResponse.resident_id == resident.id,
    )
    return session.scalar(query)


def asking(session: Session, sheet: Questionnaire, resident: Resident, now: datetime) -> Question:
    """The question where a resident goes on; the first one for who has not begun.

    Raises NoAnswer where the questionnaire is closed, finished or not for them.
    """
    response = response_of(session, sheet, resident)
    if sheet.state != "open" or now >= sheet.closes_at:
        raise NoAnswer("这份问卷已经截止了")
    if not is_asked(session, sheet, resident):
        raise NoAnswer("这份问卷只请名册里的人填")
    if response is not None and response.finished_at is not None:
        raise NoAnswer("这份问卷您已经填过了，谢谢")
    questions = questions_of(sheet)
    key = response.asking if response else questions[0].key
    return next(question for question in questions if question.key == key)


def answer(
    session: Session, sheet: Questionnaire, resident: Resident, given: Answer | None, now: datetime
) -> Question | None:
    """Keeps the answer to the question where the resident is; returns the next question, None
    when all are answered. Raises NoAnswer.
    """
    question = asking(session, sheet, resident, now)
    kept = checked(question, given)
    response = response_of(session, sheet, resident)
    if response is None:
        response = QuestionnaireResponse(
            community_id=sheet.community_id,
            questionnaire_id=sheet.id,
            resident_id=resident.id,
            answers="{}",
            asking=question.key,
            begun_at=now,
        )
        session.add(response)
    answers = json.loads(response.answers)
    answers.pop(question.key, None)
    if kept is not None:
        answers[question.key] = kept
    response.answers = json.dumps(answers, ensure_ascii=False)
    response.asking = following(questions_of(sheet), question.key, kept)
    if response.asking == END:
        response.finished_at = now
    session.flush()
    return None if response.asking == END else asking(session, sheet, resident, now)


def report(session: Session, sheet: Questionnaire) -> Report:
    """What came in so far."""
    query = select(QuestionnaireResponse).where(QuestionnaireResponse.questionnaire_id == sheet.id)
    responses = session.scalars(query.order_by(QuestionnaireResponse.id)).all()
    questions = questions_of(sheet)
    done = [json.loads(one.answers) for one in responses if one.finished_at is not None]
    shown = [_counting(questions, one) for one in done] if len(done) >= FEWEST_SHOWN else []
    return Report(
        begun=len(responses),
        finished=len(done),
        invited=sheet.invited,
        counts={q.key: _counts(q, shown) for q in questions if q.kind is not QuestionKind.TEXT},
        texts={
            q.key: tuple(str(one[q.key]) for one in shown if q.key in one)
            for q in questions
            if q.kind is QuestionKind.TEXT
        },
        answered={q.key: sum(q.key in one for one in shown) for q in questions},
    )


def _counting(questions: Sequence[Question], answers: dict[str, Any]) -> dict[str, Any]:
    way = on_the_way(questions, answers)
    return {key: value for key, value in answers.items() if key in way}


def _counts(question: Question, answers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    given: Counter[str] = Counter()
    for one in answers:
        value = one.get(question.key)
        if value is not None:
            given.update(map(str, value if isinstance(value, list) else [value]))
    options = question.options or tuple(str(score) for score in range(1, 6))
    return {option: given[option] for option in options}


def sheets_of(session: Session, topic: Topic) -> list[Questionnaire]:
    """The questionnaires of a topic, in order."""
    query = select(Questionnaire).where(Questionnaire.topic_id == topic.id)
    return list(session.scalars(query.order_by(Questionnaire.id)))


def sheet_of(session: Session, community_id: int, sheet_id: int) -> Questionnaire | None:
    """A questionnaire of this community by its number."""
    query = select(Questionnaire).where(
        Questionnaire.community_id == community_id, Questionnaire.id == sheet_id
    )
    return session.scalar(query)


def _finished(session: Session, sheet: Questionnaire, resident: Resident) -> bool:
    query = select(func.count()).where(
        QuestionnaireResponse.questionnaire_id == sheet.id,
        QuestionnaireResponse.resident_id == resident.id,
        QuestionnaireResponse.finished_at.is_not(None),
    )
    return bool(session.scalar(query))
