"""What the hall of the demo lived through: a register, a settled topic, an open vote, opinions.

Played through the services among everything else, each act at its moment: a story is a generator
that yields how many seconds pass before it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from sqlalchemy import select

from deliberation.chain import Json
from deliberation.definition import Method
from demo.life.scene import Scene
from demo.life.script import Neighbour
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
from storage.communities import Place
from storage.hall import Topic
from storage.moderation import Submission
from storage.register import RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff

SCRIPT = Path(__file__).with_name("hall.yaml")
HOURS = OfficeHours()
Pause: TypeAlias = Iterator[int]
FLOORS = 4
AREAS = ("76.50", "89.32", "98.32", "108.75", "128.40")


class _Hall:
    """The hall while its month is played."""

    def __init__(self, scene: Scene, present: datetime) -> None:
        self.scene, self.present = scene, present
        self.session, self.community = scene.session, scene.community

    @property
    def now(self) -> datetime:
        return self.scene.now

    def at(self, days: int, hour: int = 10) -> Pause:
        """Waits for a moment `days` before the present; the jobs and the register keep up."""
        wanted = moment(self.present, days, hour)
        yield max(int((wanted - self.now).total_seconds()), 1)
        for one in hall_clock.due(self.session, self.now):
            hall_clock.do(self.session, one, self.now)
        _bind(self)

    def staff(self, login: str = "wang") -> Staff:
        return self.scene.staff[login]

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


def moment(present: datetime, days: int, hour: int = 10) -> datetime:
    """That hour of the day so many days before the present, a minute before it at the latest."""
    day = (present - timedelta(days=days)).astimezone(CHINA).date()
    told = datetime.combine(day, time(hour), CHINA)
    return min(told, present - timedelta(minutes=1)).astimezone(UTC)


def stories(scene: Scene, present: datetime) -> Iterator[tuple[datetime, Pause]]:
    """Each story of the hall with the moment when it begins."""
    script: Mapping[str, Any] = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))
    hall = _Hall(scene, present)
    yield moment(present, 27), _register(hall)
    yield moment(present, 26), _settled(hall, script["dance"])
    yield moment(present, 20), _voting(hall, script["lift"])
    yield moment(present, 9), _asking(hall, script["charging"])
    yield moment(present, 5), _proposed(hall, script["proposal"])


def _register(scene: _Hall) -> Pause:
    """Four floors of each unit, and the homes of the residents of the script."""
    units = select(Place).where(Place.community_id == scene.community.id, Place.kind == "unit")
    codes = [place.code for place in scene.session.scalars(units.order_by(Place.code))]
    numbers = [f"{floor}0{side}" for floor in range(1, FLOORS + 1) for side in (1, 2)]
    everywhere = [(unit, flat) for unit in codes for flat in numbers]
    living = [(one.home, one.detail) for one in _living(scene)]
    flats = dict.fromkeys([*everywhere, *living])
    lines = [_home(n, unit, flat) for n, (unit, flat) in enumerate(flats)]
    register.import_homes(scene.session, scene.staff(), scene.community.id, lines, scene.now)
    yield from ()


def _living(scene: _Hall) -> list[Neighbour]:
    told = scene.scene.neighbours.values()
    return [one for one in told if one.name and one.home and one.detail]


def _bind(scene: _Hall) -> None:
    """Staff put the accounts that have come since to the people of the register."""
    for one in _living(scene):
        number = scene.scene.residents.get(one.key)
        code = f"{one.home}-{one.detail}-P"
        person = register.person_by_code(scene.session, scene.community.id, code)
        if number is None or person is None or person.resident_id is not None:
            continue
        resident = scene.session.get_one(Resident, number)
        if resident.forgotten_at is None and register.person_of(scene.session, resident) is None:
            person.name = one.name
            register.bind(scene.session, scene.staff(), person, resident, scene.now)


def _home(number: int, place: str, flat: str) -> HomeLine:
    code = f"{place}-{flat}"
    building, _, unit = place.removeprefix("B").partition("U")
    area = AREAS[number % len(AREAS)]
    who = (f"{code}-P",)
    return HomeLine(code, f"{building}栋{unit}单元{flat}", place, area, who, who)


def _open(scene: _Hall, told: Mapping[str, Any], process: str, path: str = "") -> Topic:
    seats = tuple(told.get("seats", ()))
    draft = Draft(scene.community.id, told["title"], told["text"], process, path, seats)
    topic = hall.open_topic(scene.session, scene.staff(), draft, scene.now)
    for seat in hall_seats.seats_of(scene.session, topic):
        hall_seats.invite(scene.session, scene.staff(), seat, f"{seat.title}代表", None, scene.now)
        hall_seats.answer(scene.session, seat, scene.now, accepts=True, staff=scene.staff())
    return topic


def _settled(scene: _Hall, told: Mapping[str, Any]) -> Pause:
    """A topic from its agenda to tasks under way."""
    session, staff = scene.session, scene.staff()
    topic = _open(scene, told, "3x")
    yield from scene.at(25)
    scene.to(topic, "inform")
    hall_stages.publish(session, staff, topic, told["inform"], scene.now)
    yield from scene.at(23)
    scene.to(topic, "hearing")
    hall_stages.record(session, staff, topic, told["hearing"], scene.now)
    yield from scene.at(22)
    scene.to(topic, "opinions")
    _answers(scene, topic, told["statements"], 18)
    yield from scene.at(17)
    scene.to(topic, "meeting")
    hall_stages.record(session, staff, topic, told["minutes"], scene.now)
    for seat in hall_seats.seats_of(session, topic):
        hall_seats.sign_in(session, staff, topic, seat.holder, scene.now, seat=seat)
    yield from scene.at(15)
    scene.to(topic, "ballot")
    yield from _dance_ballot(scene, topic, told)
    yield from scene.at(10, 18)
    yield from scene.at(8)
    scene.to(topic, "decision")
    hall_outcome.decide(session, staff, topic, told["outcome"], told["reasons"], scene.now)
    hall_stages.publish(session, staff, topic, told["notice"], scene.now)
    yield from _tasks(scene, topic, told["tasks"])


def _dance_ballot(scene: _Hall, topic: Topic, told: Mapping[str, Any]) -> Pause:
    new = NewBallot(
        title=told["ballot"],
        text=told["plan"],
        opens_at=scene.now,
        closes_at=moment(scene.present, 10, 18),
        method=Method.SINGLE,
        options=tuple((name, 0) for name in told["options"]),
        secret=True,
    )
    ballot = ballots.plan(scene.session, scene.staff(), topic, new, scene.now)
    yield from scene.at(14)
    for number, resident in enumerate(scene.neighbours()):
        _vote(scene, ballot, resident, "o2" if number % 3 == 0 else "o1")


def _vote(scene: _Hall, ballot: Ballot, resident: Resident, choice: Json) -> None:
    for elector in voting.electors_of(scene.session, ballot, resident):
        voting.choose(scene.session, ballot, elector, resident, choice, scene.now)
        voting.confirm(scene.session, ballot.id, elector, resident, resident, scene.now)


def _tasks(scene: _Hall, topic: Topic, told: list[dict[str, Any]]) -> Pause:
    for one in told:
        due = (scene.present + timedelta(days=one["days"])).astimezone(CHINA).date()
        new = NewTask(one["title"], one["owner"], due)
        task = hall_outcome.add_task(scene.session, scene.staff(), topic, new, scene.now)
        if one["words"]:
            hall_outcome.progress(
                scene.session, scene.staff(), task, one["done"], one["words"], scene.now
            )
    yield from scene.at(7)
    scene.to(topic, "action")


def _voting(scene: _Hall, told: Mapping[str, Any]) -> Pause:
    """An open vote of the owners of one building, with a paper ballot among the others."""
    session, staff = scene.session, scene.staff()
    path = session.scalars(select(Place.path).where(Place.code == "B6")).one()
    topic = _open(scene, told, "owners", path)
    yield from scene.at(19)
    scene.to(topic, "inform")
    hall_stages.publish(session, staff, topic, told["inform"], scene.now)
    yield from scene.at(2)
    scene.to(topic, "ballot")
    closing = (scene.present + timedelta(days=4)).astimezone(CHINA).date()
    new = NewBallot(
        title=told["ballot"],
        text=told["plan"],
        opens_at=scene.now,
        closes_at=datetime.combine(closing, time(18), CHINA),
    )
    ballot = ballots.plan(session, staff, topic, new, scene.now)
    yield from scene.at(1)
    for number, resident in enumerate(scene.neighbours()):
        if number % 4:
            _vote(scene, ballot, resident, "yes" if number % 5 else "no")
    for elector in paper_votes.absent(session, ballot)[:3]:
        paper = paper_votes.enter(session, staff, elector, "yes", "paper", scene.now)
        paper_votes.confirm(session, scene.staff("chen"), paper, "yes", scene.now)


def _asking(scene: _Hall, told: Mapping[str, Any]) -> Pause:
    """A topic that asks for opinions; one statement waits for the reviewer."""
    topic = _open(scene, {**told, "seats": ["有电动车的住户"]}, "3x")
    yield from scene.at(6)
    scene.to(topic, "inform")
    hall_stages.publish(scene.session, scene.staff(), topic, told["text"], scene.now)
    yield from scene.at(4)
    scene.to(topic, "hearing")
    hall_stages.record(scene.session, scene.staff(), topic, told["text"], scene.now)
    scene.to(topic, "opinions")
    _answers(scene, topic, told["statements"], 24)
    yield from scene.at(0, 9)
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


def _proposed(scene: _Hall, words: str) -> Pause:
    """A proposal that found enough support and waits for the staff."""
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
    yield from scene.at(3)
    for resident in others[: one.needed]:
        proposals.support(scene.session, one, resident, scene.now)
