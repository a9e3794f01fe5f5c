"""What the hall of the demo lived through: a register, a settled topic, an open vote, opinions.

Played through the services after the month, each act at its moment of the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.chain import Json
from deliberation.definition import Method
from demo.life.post import Post
from services import (
    ballots,
    hall,
    hall_clock,
    hall_outcome,
    hall_seats,
    hall_stages,
    moderated,
    moderation,
    paper_votes,
    proposals,
    register,
    statements,
    voting,
)
from services.ballots import NewBallot
from services.calendar import CHINA, OfficeHours
from services.hall import Draft
from services.hall_outcome import NewTask
from services.register import HomeLine
from storage.ballots import Ballot
from storage.communities import Community, Place
from storage.hall import Topic
from storage.moderation import Submission
from storage.register import RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff

SCRIPT = Path(__file__).with_name("hall.yaml")
HOURS = OfficeHours()
FLOORS = 4
AREAS = ("76.50", "89.32", "98.32", "108.75", "128.40")


@dataclass(slots=True)
class _Hall:
    """The community while its hall is played; `now` is the moment of the act."""

    session: Session
    community: Community
    post: Post
    present: datetime
    now: datetime

    def at(self, days: int, hour: int = 10) -> None:
        """Goes to a moment `days` before the present; jobs and letters keep up."""
        day = (self.present - timedelta(days=days)).astimezone(CHINA).date()
        self.now = min(datetime.combine(day, time(hour), CHINA), self.present)
        for one in hall_clock.due(self.session, self.now):
            hall_clock.do(self.session, one, self.now)
        self.post.deliver(self.session, self.now)

    def staff(self, login: str = "wang") -> Staff:
        return self.session.scalars(select(Staff).where(Staff.login == login)).one()

    def neighbours(self) -> list[Resident]:
        """The residents in the register, in a fixed order."""
        query = (
            select(Resident)
            .join(RegisteredPerson, RegisteredPerson.resident_id == Resident.id)
            .where(Resident.following.is_(True))
        )
        return list(self.session.scalars(query.order_by(Resident.id)))

    def to(self, topic: Topic, stage: str) -> None:
        hall_stages.advance(self.session, self.staff(), topic, stage, topic.version, self.now)


def live(session: Session, post: Post, present: datetime) -> None:
    """Plays the hall's month up to `present`; the residents of the script are there already."""
    script: Mapping[str, Any] = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))
    community = session.scalars(select(Community)).one()
    scene = _Hall(session, community, post, present, present)
    scene.at(27)
    _register(scene)
    _settled(scene, script["dance"])
    _voting(scene, script["lift"])
    _asking(scene, script["charging"])
    _proposed(scene, script["proposal"])
    session.flush()


def _register(scene: _Hall) -> None:
    """Four floors of each unit, and the homes of the residents of the script."""
    units = select(Place).where(Place.community_id == scene.community.id, Place.kind == "unit")
    places = {place.id: place for place in scene.session.scalars(units.order_by(Place.code))}
    numbers = [f"{floor}0{side}" for floor in range(1, FLOORS + 1) for side in (1, 2)]
    living: dict[tuple[int, str], Resident] = {}
    for resident in scene.session.scalars(select(Resident).order_by(Resident.id)):
        if resident.name and resident.home_detail and resident.home_id in places:
            living[resident.home_id, resident.home_detail] = resident
    flats = dict.fromkeys([*((unit, flat) for unit in places for flat in numbers), *living])
    lines = [_home(n, places[unit], flat) for n, (unit, flat) in enumerate(flats)]
    register.import_homes(scene.session, scene.staff(), scene.community.id, lines, scene.now)
    for (unit, flat), resident in living.items():
        code = f"{places[unit].code}-{flat}-P"
        person = register.person_by_code(scene.session, scene.community.id, code)
        if person is not None:
            person.name = resident.name
            register.bind(scene.session, scene.staff(), person, resident, scene.now)


def _home(number: int, place: Place, flat: str) -> HomeLine:
    code = f"{place.code}-{flat}"
    building = place.code.split("U")[0].removeprefix("B")
    label = f"{building}栋{place.code.split('U')[1]}单元{flat}"
    area = AREAS[number % len(AREAS)]
    return HomeLine(code, label, place.code, area, (f"{code}-P",), (f"{code}-P",))


def _open(scene: _Hall, told: Mapping[str, Any], process: str, path: str = "") -> Topic:
    seats = tuple(told.get("seats", ()))
    draft = Draft(scene.community.id, told["title"], told["text"], process, path, seats)
    topic = hall.open_topic(scene.session, scene.staff(), draft, scene.now)
    for seat in hall_seats.seats_of(scene.session, topic):
        hall_seats.invite(scene.session, scene.staff(), seat, f"{seat.title}代表", None, scene.now)
        hall_seats.answer(scene.session, seat, scene.now, accepts=True, staff=scene.staff())
    return topic


def _settled(scene: _Hall, told: Mapping[str, Any]) -> None:
    """A topic from its agenda to tasks under way."""
    session, staff = scene.session, scene.staff()
    scene.at(26)
    topic = _open(scene, told, "3x")
    scene.at(25)
    scene.to(topic, "inform")
    hall_stages.publish(session, staff, topic, told["inform"], scene.now)
    scene.at(23)
    scene.to(topic, "hearing")
    hall_stages.record(session, staff, topic, told["hearing"], scene.now)
    scene.at(22)
    scene.to(topic, "opinions")
    _answers(scene, topic, told["statements"], 18)
    scene.at(17)
    scene.to(topic, "meeting")
    hall_stages.record(session, staff, topic, told["minutes"], scene.now)
    for seat in hall_seats.seats_of(session, topic):
        hall_seats.sign_in(session, staff, topic, seat.holder, scene.now, seat=seat)
    scene.at(15)
    scene.to(topic, "ballot")
    _dance_ballot(scene, topic, told)
    scene.at(8)
    scene.to(topic, "decision")
    hall_outcome.decide(session, staff, topic, told["outcome"], told["reasons"], scene.now)
    hall_stages.publish(session, staff, topic, told["notice"], scene.now)
    _tasks(scene, topic, told["tasks"])


def _dance_ballot(scene: _Hall, topic: Topic, told: Mapping[str, Any]) -> None:
    new = NewBallot(
        title=told["ballot"],
        text=told["plan"],
        opens_at=scene.now,
        closes_at=scene.now + timedelta(days=5, hours=8),
        method=Method.SINGLE,
        options=tuple((name, 0) for name in told["options"]),
        secret=True,
    )
    ballot = ballots.plan(scene.session, scene.staff(), topic, new, scene.now)
    scene.at(14)
    for number, resident in enumerate(scene.neighbours()):
        _vote(scene, ballot, resident, "o2" if number % 3 == 0 else "o1")


def _vote(scene: _Hall, ballot: Ballot, resident: Resident, choice: Json) -> None:
    for elector in voting.electors_of(scene.session, ballot, resident):
        voting.choose(scene.session, ballot, elector, resident, choice, scene.now)
        voting.confirm(scene.session, ballot.id, elector, resident, resident, scene.now)


def _tasks(scene: _Hall, topic: Topic, told: list[dict[str, Any]]) -> None:
    for one in told:
        due = (scene.present + timedelta(days=one["days"])).astimezone(CHINA).date()
        new = NewTask(one["title"], one["owner"], due)
        task = hall_outcome.add_task(scene.session, scene.staff(), topic, new, scene.now)
        if one["words"]:
            hall_outcome.progress(
                scene.session, scene.staff(), task, one["done"], one["words"], scene.now
            )
    scene.at(7)
    scene.to(topic, "action")


def _voting(scene: _Hall, told: Mapping[str, Any]) -> None:
    """An open vote of the owners of one building, with a paper ballot among the others."""
    session, staff = scene.session, scene.staff()
    scene.at(20)
    path = session.scalars(select(Place.path).where(Place.code == "B6")).one()
    topic = _open(scene, told, "owners", path)
    scene.at(19)
    scene.to(topic, "inform")
    hall_stages.publish(session, staff, topic, told["inform"], scene.now)
    scene.at(2)
    scene.to(topic, "ballot")
    closing = (scene.present + timedelta(days=4)).astimezone(CHINA).date()
    new = NewBallot(
        title=told["ballot"],
        text=told["plan"],
        opens_at=scene.now,
        closes_at=datetime.combine(closing, time(18), CHINA),
    )
    ballot = ballots.plan(session, staff, topic, new, scene.now)
    scene.at(1)
    for number, resident in enumerate(scene.neighbours()):
        if number % 4:
            _vote(scene, ballot, resident, "yes" if number % 5 else "no")
    for elector in paper_votes.absent(session, ballot)[:3]:
        paper = paper_votes.enter(session, staff, elector, "yes", "paper", scene.now)
        paper_votes.confirm(session, scene.staff("chen"), paper, "yes", scene.now)


def _asking(scene: _Hall, told: Mapping[str, Any]) -> None:
    """A topic that asks for opinions; one statement waits for the reviewer."""
    scene.at(9)
    topic = _open(scene, {**told, "seats": ["有电动车的住户"]}, "3x")
    scene.at(6)
    scene.to(topic, "inform")
    hall_stages.publish(scene.session, scene.staff(), topic, told["text"], scene.now)
    scene.at(4)
    scene.to(topic, "hearing")
    hall_stages.record(scene.session, scene.staff(), topic, told["text"], scene.now)
    scene.to(topic, "opinions")
    _answers(scene, topic, told["statements"], 24)
    scene.at(0, 9)
    author = scene.neighbours()[3]
    statements.add(scene.session, topic, author, told["own"], HOURS, scene.now)


def _answers(scene: _Hall, topic: Topic, words: list[str], people: int) -> None:
    session, staff = scene.session, scene.staff()
    shown = [statements.seed(session, staff, topic, one, scene.now) for one in words]
    for who, resident in enumerate(scene.neighbours()[:people]):
        for what, statement in enumerate(shown):
            if (who + what) % 7:
                given = (1, 1, -1, 1, 0, -1)[(who * (what + 2) + what) % 6]
                statements.answer(session, statement, resident, given, scene.now)


def _proposed(scene: _Hall, words: str) -> None:
    """A proposal that still looks for support."""
    scene.at(5)
    author, *others = scene.neighbours()
    one = proposals.propose(scene.session, author, words, HOURS, scene.now)
    waiting = select(Submission).where(
        Submission.kind == proposals.KIND, Submission.subject_id == one.id
    )
    moderation.decide(
        scene.session,
        scene.staff("zhao"),
        scene.session.scalars(waiting).one(),
        1,
        publish=True,
        reason="",
        effects=moderated.EFFECTS,
        now=scene.now,
    )
    scene.at(3)
    for resident in others[:4]:
        proposals.support(scene.session, one, resident, scene.now)
