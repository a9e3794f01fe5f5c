"""Plays the demo's month: every message through the turn, every action through the services.

Nothing is inserted beside the program, so each row is what it would be had the month really
passed. The same present moment gives the same month.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.turn import TurnTaker
from demo.community import add_staff, open_community
from demo.life import hall_life, house, neighbours, points_life, time_bank, volunteering
from demo.life.album import Album
from demo.life.desk_acts import Desk
from demo.life.information import bulletins
from demo.life.moments import Timetable, spread
from demo.life.photos import draw
from demo.life.post import Post
from demo.life.residents_acts import Act, Residents
from demo.life.scene import PlayClock, Scene
from demo.life.script import Life, Neighbour, Rhythm, Step, Story, read_life
from services import retention
from services.calendar import CHINA, OfficeHours
from storage.communities import Community
from storage.staff import Staff

MONTH = timedelta(days=31)
SESSION_LIFE = timedelta(hours=12)
MORNING = timedelta(hours=7, minutes=31)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the play needs of the deployment; `taker` looks at `clock`."""

    taker: TurnTaker
    clock: PlayClock
    hours: OfficeHours
    capabilities: tuple[str, ...]
    media: Path


def play(session: Session, stage: Stage, now: datetime, progress: Progress) -> None:
    """Fills an empty database with the demo community as it stands at `now`; the caller commits.

    `progress` hears how many steps are done and how many there are.
    """
    stage.clock.now = now - MONTH
    open_community(session, stage.clock.now)
    add_staff(session, stage.clock.now)
    life = read_life()
    scene = Scene(
        session=session,
        clock=stage.clock,
        community=session.scalars(select(Community)).one(),
        neighbours=life.neighbours,
        staff={one.login: one for one in session.scalars(select(Staff))},
        post=Post(stage.capabilities, stage.hours),
    )
    album = Album(stage.media, draw)
    _Play(scene, Residents(scene, stage.taker, album), Desk(scene), album).run(
        _plan(life, stage.hours, now), stage.hours, now, progress
    )


Planned = tuple[datetime, Story, Step]


def _plan(life: Life, hours: OfficeHours, now: datetime) -> list[Planned]:
    """Every step with its moment, in the order of time; each resident follows before all else."""
    table = Timetable(hours, now)
    planned = [
        (moment, story, step)
        for story in life.stories
        for moment, step in zip(table.moments(story), story.steps, strict=False)
    ]
    planned.sort(key=lambda one: one[0])
    first: dict[str, datetime] = {}
    for moment, story, step in planned:
        if not step.by:
            first.setdefault(story.who, moment)
    met = [_meeting(life.neighbours[who], moment, now) for who, moment in first.items()]
    return sorted([*met, *planned], key=lambda one: one[0])


def _meeting(who: Neighbour, first: datetime, now: datetime) -> Planned:
    """How a resident comes to follow: long ago, or a few minutes before the first word."""
    moment = first - timedelta(minutes=2, seconds=spread(who.key, 200))
    if who.early:
        morning = (now - MONTH).astimezone(CHINA).replace(hour=9, minute=0, second=0)
        moment = min(moment, max(morning, now - MONTH) + timedelta(minutes=spread(who.key, 600)))
    scene = f"qrscene_place:{who.home}" if spread(who.key, 3) == 0 and who.home else True
    step = Step("follow", scene, "", 0, Rhythm.CLOCK, {})
    return moment, Story(f"meet-{who.key}", who.key, None, 0, (step,)), step


class _Play:
    """Lets things happen one after another, whoever does them."""

    def __init__(self, scene: Scene, residents: Residents, desk: Desk, album: Album) -> None:
        self._scene, self._residents, self._desk = scene, residents, desk
        self._album = album
        self._order = count()
        self._queue: list[tuple[datetime, int, Act]] = []

    def run(
        self, planned: list[Planned], hours: OfficeHours, now: datetime, progress: Progress
    ) -> None:
        begin = planned[0][0]
        for moment, story, step in planned:
            self._add(moment, self._acting(story, step))
        for moment, tale in hall_life.stories(self._scene, now):
            self._add(moment, tale)
        for morning in _mornings(begin, now):
            self._add(morning, self._morning())
        for moment, act in (
            *points_life.acts(self._scene, now),
            *bulletins(self._scene, now),
            *volunteering.happenings(self._scene, hours, now),
            *neighbours.acts(self._scene, now),
            *time_bank.acts(self._scene, now),
            *house.chores(self._scene, hours, begin, now),
        ):
            self._add(moment, act)
        total = len(self._queue)
        while self._queue and self._queue[0][0] < now:
            moment, _, act = heapq.heappop(self._queue)
            self._scene.clock.now = moment
            pause = next(act, None)
            self._scene.post.deliver(self._scene.session, moment)
            self._scene.post.fates.clear()
            if pause is not None:
                self._add(moment + timedelta(seconds=pause), act)
            progress(total - min(len(self._queue), total), total)

    def _add(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), act))

    def _acting(self, story: Story, step: Step) -> Act:
        try:
            if step.by:
                self._desk.act(story, step)
            else:
                yield from self._residents.act(story, step)
        except Exception as error:
            error.add_note(f"in the story {story.name}: {step.act} {step.value}")
            raise

    def _morning(self) -> Act:
        """What the jobs do at night; letters that waited for the morning go out after it."""
        retention.tidy(self._scene.session, self._scene.now, SESSION_LIFE)
        self._album.erase(self._scene.session)
        yield from ()


def _mornings(begin: datetime, now: datetime) -> Iterator[datetime]:
    day = begin.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < now:
        yield day + MORNING
        day += timedelta(days=1)
