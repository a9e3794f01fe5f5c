"""What the acts of the demo's life share: the session, the moment, who is who, what began."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.life.moments import workday_after
from demo.life.post import Post
from demo.life.script import Neighbour, ScriptError, Step, Story
from intents.tickets import format_ticket
from services.delivery import Fate
from services.residents import meet
from storage.cases import Case
from storage.communities import Community, Place
from storage.residents import Resident
from storage.staff import Staff

_MARK = re.compile(r"<(?P<kind>\+|case:)(?P<name>[^>]+)>")


class PlayClock:
    """The clock that the parts of the program look at while the past is played."""

    def __init__(self) -> None:
        self.now = datetime(1970, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Scene:
    """The community while its month is played; `cases` holds the case of each story."""

    session: Session
    clock: PlayClock
    community: Community
    neighbours: Mapping[str, Neighbour]
    staff: Mapping[str, Staff]
    post: Post
    cases: dict[str, int] = field(default_factory=dict)
    residents: dict[str, int] = field(default_factory=dict)
    replies: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def resident(self, who: str) -> Resident:
        """The row of somebody in the script, also after they left."""
        if who in self.residents:
            return self.session.get_one(Resident, self.residents[who])
        neighbour = self.neighbours[who]
        row = meet(self.session, self.community.id, "", neighbour.openid, self.now)
        row.name, row.phone = neighbour.name or None, neighbour.phone or None
        row.home_detail = neighbour.detail or None
        if neighbour.home:
            row.home_id = self.session.scalars(
                select(Place.id).where(Place.code == neighbour.home)
            ).one()
        self.residents[who] = row.id
        return row

    def newest_case(self, who: str) -> int | None:
        """The number (row) of the newest case of a resident."""
        mine = select(func.max(Case.id)).where(Case.resident_id == self.residents.get(who))
        return self.session.scalar(mine)

    def case(self, story: Story) -> Case:
        """The case that a story is about; ScriptError where none was opened."""
        if story.name not in self.cases:
            raise ScriptError(f"{story.name}: no case was opened, yet staff work on one")
        return self.session.get_one(Case, self.cases[story.name])

    def person(self, step: Step) -> Staff:
        """Who of the staff acts."""
        return self.staff[step.by]

    def words(self, text: str) -> str:
        """A text with `<+2>` as the date two workdays on, `<case:x>` as the number of a case."""

        def fill(mark: re.Match[str]) -> str:
            if mark["kind"] == "+":
                return workday_after(self.now, int(mark["name"]))
            return format_ticket(self.session.get_one(Case, self.cases[mark["name"]]).number)

        return _MARK.sub(fill, text).strip()

    def expect(self, resident: Resident, fate: Any) -> None:
        """What will become of the next message to a resident, where the script says so."""
        if fate:
            self.post.fates[resident.openid] = Fate(fate)
