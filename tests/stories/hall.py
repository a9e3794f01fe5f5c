"""What staff and the clock do in stories of the deliberation hall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.definition import Method
from services import (
    ballots,
    hall,
    hall_clock,
    hall_outcome,
    hall_reading,
    hall_seats,
    hall_stages,
    moderated,
    moderation,
    proposals,
    questionnaires,
    register,
    residents,
)
from services.ballots import NewBallot
from services.hall_outcome import NewTask
from services.processes import Electors
from services.questionnaires import NewQuestionnaire
from services.register import HomeLine
from storage.hall import Topic
from storage.moderation import Submission
from storage.opinions import Proposal
from storage.register import RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff

PEOPLE = 6
LIFE = timedelta(hours=24)
QUESTIONS = (
    {
        "key": "a",
        "text": "要装路灯吗",
        "kind": "single",
        "options": ["要", "不要"],
        "goto": {"不要": "c"},
    },
    {"key": "b", "text": "装几盏", "kind": "single", "options": ["两盏", "四盏"]},
    {"key": "c", "text": "还想说什么", "kind": "text", "optional": True},
)


def act(session: Session, me: Resident, told: str, now: datetime) -> None:
    """One deed by its first word; the rest says with what."""
    deed, _, rest = told.partition(" ")
    _DEEDS[deed](session, rest, now)


def _staff(session: Session, login: str = "wang") -> Staff:
    return session.scalars(select(Staff).where(Staff.login == login)).one()


def _topic(session: Session) -> Topic:
    return session.scalars(select(Topic).order_by(Topic.id.desc())).first() or _none()


def _none() -> Topic:
    raise AssertionError("no topic was adopted")


def _settles(session: Session, _rest: str, now: datetime) -> None:
    """u1 … u6 own a home each, live there and follow the account."""
    staff = _staff(session)
    community = session.scalars(select(Resident.community_id)).first()
    assert community is not None
    lines = [
        HomeLine(f"H{n}", f"3栋2单元{n}01", "B3U2", "90", (f"P{n}",), (f"P{n}",))
        for n in range(1, PEOPLE + 1)
    ]
    register.import_homes(session, staff, community, lines, now)
    for number in range(1, PEOPLE + 1):
        resident = residents.meet(session, community, "", f"u{number}", now)
        residents.dialog_of(session, resident, now)
        wanted = select(RegisteredPerson).where(RegisteredPerson.code == f"P{number}")
        register.bind(session, staff, session.scalars(wanted).one(), resident, now)


def _publishes(session: Session, _rest: str, now: datetime) -> None:
    waiting = session.scalars(select(Submission).where(Submission.state == "waiting")).all()
    assert waiting, "nothing waits for the reviewer"
    for one in waiting:
        moderation.decide(
            session,
            _staff(session, "zhao"),
            one,
            one.version,
            publish=True,
            reason="",
            effects=moderated.EFFECTS,
            now=now,
        )


def _supported(session: Session, _rest: str, now: datetime) -> None:
    """The neighbours u3 … u6 support what is proposed."""
    one = session.scalars(select(Proposal)).one()
    for number in range(3, PEOPLE + 1):
        wanted = select(Resident).where(Resident.openid == f"u{number}")
        proposals.support(session, one, session.scalars(wanted).one(), now)


def _adopts(session: Session, process: str, now: datetime) -> None:
    one = session.scalars(select(Proposal)).one()
    assert one.state == "reached"
    topic = proposals.adopt(session, _staff(session), one, process, now)
    if hall.process_of(topic).stakeholders:
        hall_seats.add_seat(session, _staff(session), topic, "东门住户")
    for seat in hall_seats.seats_of(session, topic):
        hall_seats.invite(session, _staff(session), seat, "代表", None, now)
        hall_seats.answer(session, seat, now, accepts=True, staff=_staff(session))


def _goes(session: Session, to: str, now: datetime) -> None:
    """Does what each stage owes, and moves on to the stage with that key."""
    topic = _topic(session)
    while topic.stage != to:
        _dutifully(session, topic, now)
        (stage, missing), *_ = hall_stages.next_stages(session, topic)
        assert not missing, missing
        hall_stages.advance(session, _staff(session), topic, stage.key, topic.version, now)


def _dutifully(session: Session, topic: Topic, now: datetime) -> None:
    """The record, the sign-in sheet and the publication of the open stage."""
    staff, stage = _staff(session), hall.stage_of(topic)
    if stage.records:
        hall_stages.record(session, staff, topic, f"{stage.records}全文", now)
    if stage.sign_in and not stage.in_meeting:
        hall_seats.sign_in(session, staff, topic, "王书记", now)
    if stage.publishes:
        hall_stages.publish(session, staff, topic, f"{stage.publishes}全文", now)


def _votes(session: Session, title: str, now: datetime) -> None:
    """A ballot opens now, for a day, as the process has it; meetings sign in everybody."""
    topic = _topic(session)
    process, stage = hall.process_of(topic), hall.stage_of(topic)
    budget = process.method is Method.EQUAL_SHARES
    people = tuple(f"P{number}" for number in range(1, PEOPLE + 1))
    new = NewBallot(
        title=title,
        opens_at=now,
        closes_at=now + LIFE,
        method=process.method,
        options=(("路灯", 300), ("长椅", 200)) if budget else (),
        budget=400 if budget else 0,
        listed=people if process.electorate is Electors.LISTED else (),
    )
    ballot = ballots.plan(session, _staff(session), topic, new, now)
    _clock(session, "", now)
    for person in people if stage.in_meeting else ():
        elector = hall_reading.elector_by_code(session, ballot, person)
        hall_seats.sign_in(session, _staff(session), topic, person, now, elector=elector)


def _asks(session: Session, title: str, now: datetime) -> None:
    """A questionnaire opens now, for a day."""
    new = NewQuestionnaire(title, QUESTIONS, now, now + LIFE, audience="census")
    questionnaires.plan(session, _staff(session), _topic(session), new, now)
    _clock(session, "", now)


def _clock(session: Session, _rest: str, now: datetime) -> None:
    """What the job of the hall does."""
    for one in hall_clock.due(session, now):
        hall_clock.do(session, one, now)


def _decides(session: Session, outcome: str, now: datetime) -> None:
    topic, staff = _topic(session), _staff(session)
    hall_outcome.decide(session, staff, topic, outcome, "多数赞成，灯罩朝下不晃眼", now)
    if any(stage.key == "action" for stage in hall.process_of(topic).stages):
        task = NewTask("装灯", "物业李经理", date(2026, 6, 1))
        hall_outcome.add_task(session, staff, topic, task, now)


def _works(session: Session, percent: str, now: datetime) -> None:
    for task in hall_outcome.tasks_of(session, _topic(session)):
        words = f"做到{percent}%"
        hall_outcome.progress(session, _staff(session), task, int(percent), words, now)


def _finishes(session: Session, _rest: str, now: datetime) -> None:
    topic = _topic(session)
    _dutifully(session, topic, now)
    hall_stages.finish(session, _staff(session), topic, now)


_DEEDS: dict[str, Callable[[Session, str, datetime], None]] = {
    "settles": _settles,
    "publishes": _publishes,
    "supported": _supported,
    "adopts": _adopts,
    "goes": _goes,
    "votes": _votes,
    "asks": _asks,
    "clock": _clock,
    "decides": _decides,
    "works": _works,
    "finishes": _finishes,
}
DEEDS: dict[str, Callable[[Session, Resident, Any, datetime], None]] = {"hall": act}
