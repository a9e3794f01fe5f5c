"""A community with a register, staff and neighbours, for tests of the deliberation hall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.chain import Json
from demo.community import open_community
from services import ballots, hall, hall_clock, hall_stages, register, voting
from services.access import Role
from services.ballots import NewBallot
from services.hall import Draft
from services.places import community_path
from services.processes import StageKind
from services.register import HomeLine
from services.residents import dialog_of, meet
from storage.ballots import Ballot
from storage.communities import Community
from storage.hall import Topic
from storage.register import RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PLACE = "B3U2"
WORKERS = (
    ("wang", Role.COMMUNITY_WORKER),
    ("chen", Role.COMMUNITY_WORKER),
    ("zhao", Role.REVIEWER),
    ("li", Role.GRID_WORKER),
)


@dataclass
class Hall:
    """The community of one test in one session, with a moment that tests move."""

    session: Session
    now: datetime = NOW

    @property
    def community(self) -> Community:
        return self.session.scalars(select(Community)).one()

    def staff(self, login: str = "wang") -> Staff:
        return self.session.scalars(select(Staff).where(Staff.login == login)).one()

    def resident(self, number: int) -> Resident:
        wanted = select(Resident).where(Resident.openid == openid(number))
        return self.session.scalars(wanted).one()

    def topic(self, process: str = "3x", title: str = "东门加装电梯") -> Topic:
        draft = Draft(self.community.id, title, "方案和预算见附件。", process, seats=("6栋居民",))
        return hall.open_topic(self.session, self.staff(), draft, self.now)

    def in_ballot(self, process: str = "owners") -> Topic:
        """A topic put straight into its first ballot stage."""
        topic = self.topic(process)
        stage = next(s for s in hall.process_of(topic).stages if s.kind is StageKind.BALLOT)
        hall.enter(topic, stage, self.now)
        self.session.flush()
        return topic

    def ballot(self, topic: Topic | None = None, **how: object) -> Ballot:
        """An open ballot."""
        wanted = {"title": "要不要换电梯", "opens_at": self.now, "closes_at": self.now + DAY}
        new = NewBallot(**{**wanted, **how})  # type: ignore[arg-type]
        made = ballots.plan(self.session, self.staff(), topic or self.in_ballot(), new, self.now)
        self.tick()
        return made

    def tick(self) -> None:
        """What the job does at this moment."""
        for one in hall_clock.due(self.session, self.now):
            hall_clock.do(self.session, one, self.now)

    def vote(self, ballot: Ballot, number: int, choice: Json) -> str:
        """A neighbour chooses and confirms; the receipt."""
        voter = self.resident(number)
        elector = voting.electors_of(self.session, ballot, voter)[0]
        voting.choose(self.session, ballot, elector, voter, choice, self.now)
        done = voting.confirm(self.session, ballot.id, elector, voter, voter, self.now)
        assert done is not None
        return done.receipt

    def close(self, ballot: Ballot) -> None:
        self.now = ballot.closes_at
        self.tick()

    def advance(self, topic: Topic, to: str) -> None:
        hall_stages.advance(self.session, self.staff(), topic, to, topic.version, self.now)


def _hire(session: Session, community: Community) -> None:
    path = community_path(session, community.id)
    for login, role in WORKERS:
        secret = "nobody signs in here"
        session.add(
            Staff(
                login=login,
                name=login,
                role=role,
                scope_path=path,
                password_hash=secret,
                created_at=NOW,
            )
        )
    session.flush()


def openid(number: int) -> str:
    return f"n{number}"


def people_the_hall(session: Session, homes: int = 12, *, area: str = "98.32") -> None:
    """A community whose homes have one owner each, who lives there and has an account."""
    if session.scalar(select(Community.id)) is None:
        open_community(session, NOW)
    community = session.scalars(select(Community)).one()
    _hire(session, community)
    staff = session.scalars(select(Staff).where(Staff.login == "wang")).one()
    lines = [
        HomeLine(
            code=f"3-2-{number:04d}",
            label=f"3栋2单元{number}",
            place=PLACE,
            area=area,
            owners=(f"P{number}",),
            dwellers=(f"P{number}",),
        )
        for number in range(1, homes + 1)
    ]
    register.import_homes(session, staff, community.id, lines, NOW)
    people = {one.code: one for one in session.scalars(select(RegisteredPerson))}
    for number in range(1, homes + 1):
        resident = meet(session, community.id, "", openid(number), NOW)
        dialog_of(session, resident, NOW)
        people[f"P{number}"].resident_id = resident.id
    session.flush()
