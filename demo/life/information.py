"""What the demo community makes public: each thing written by one, passed by another, on its day.

Goes through the same services as the console. `information.yaml` has the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from demo.life.scene import Scene
from services import notices, policy_review, publishing, sheets
from services.calendar import CHINA, OfficeHours
from services.money import read_fen
from services.policy_review import Wording as Entry
from services.sheets import FUNDS, FundLine, Line, ServiceLine
from storage.communities import Community
from storage.staff import Staff

FILE = Path(__file__).with_name("information.yaml")
HOURS = OfficeHours()
AUTHOR, REVIEWER = "chen", "zhao"
WEEKDAYS = "一二三四五六日"
_DAY = re.compile(r"\{(?:周([一二三四五六日]))?\+(\d+)\}")


def bulletins(scene: Scene, now: datetime) -> list[tuple[datetime, Iterator[int]]]:
    """What is made public in the month before `now`, as acts of the play."""
    board = Bulletins(scene.session, scene.community, scene.staff, now)
    return [(moment, act(moment)) for moment, act in board.planned()]


def dated(text: str, now: datetime) -> str:
    """`{+5}` is the day five days on, `{周六+5}` the first Saturday from then: 3月7日（周六）."""

    def day(found: re.Match[str]) -> str:
        then = now.astimezone(CHINA).date() + timedelta(days=int(found[2]))
        if not found[1]:
            return f"{then.month}月{then.day}日"
        then += timedelta(days=(WEEKDAYS.index(found[1]) - then.weekday()) % 7)
        return f"{then.month}月{then.day}日（周{found[1]}）"

    return _DAY.sub(day, text)


class Bulletins:
    """The information of the demo, seen from the day `today`."""

    def __init__(
        self, session: Session, community: Community, staff: Mapping[str, Staff], today: datetime
    ) -> None:
        self._session, self._community, self._today = session, community, today
        self._author, self._reviewer = staff[AUTHOR], staff[REVIEWER]

    def planned(self) -> list[tuple[datetime, Any]]:
        """Every publication with its moment, at ten in the morning of its day."""
        told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        acts: list[tuple[int, Any]] = [
            *((one["day"], partial(self._notice, one)) for one in told["notices"]),
            *((one["day"], partial(self._sheet, one)) for one in told["sheets"]),
            *((one["day"], partial(self._policy, one)) for one in told["policies"]),
        ]
        return sorted(((self._at(day), act) for day, act in acts), key=lambda one: one[0])

    def _at(self, day: int) -> datetime:
        local = self._today.astimezone(CHINA) + timedelta(days=day)
        return local.replace(hour=10, minute=0, second=0, microsecond=0)

    def _notice(self, told: Mapping[str, Any], now: datetime) -> Iterator[int]:
        until = now.astimezone(CHINA).date() + timedelta(days=told["until"])
        title, text = dated(told["title"], now), dated(told["text"], now)
        wording = notices.Wording(told["topic"], title, text, until)
        notice = notices.write(self._session, self._author, self._community, wording, now)
        publishing.submit(
            self._session, self._author, notice, notice.version, notice.title, HOURS, now
        )
        if not told.get("held"):
            notices.publish(self._session, self._reviewer, notice, notice.version, now)
        yield from ()

    def _policy(self, told: Mapping[str, Any], now: datetime) -> Iterator[int]:
        """An entry of the policy library that a second person has not looked at yet."""
        wording = Entry(told["title"], told["body"], issuer=told["issuer"])
        row = policy_review.write(
            self._session, self._author, self._community, wording.document(), now
        )
        policy_review.submit(self._session, self._author, row, row.version, HOURS, now)
        yield from ()

    def _sheet(self, told: Mapping[str, Any], now: datetime) -> Iterator[int]:
        year = self._today.astimezone(CHINA).year + told.get("year", 0)
        lines = [self._line(told["kind"], line) for line in told["lines"]]
        sheet = sheets.begin(
            self._session, self._author, self._community, told["kind"], year, lines, now
        )
        title = sheets.name_of(sheet)
        publishing.submit(self._session, self._author, sheet, sheet.version, title, HOURS, now)
        sheets.publish(self._session, self._reviewer, sheet, sheet.version, now)
        yield from ()

    def _line(self, kind: str, told: Mapping[str, Any]) -> Line:
        if kind != FUNDS:
            return ServiceLine(**told)
        day = self._today.astimezone(CHINA).date() + timedelta(days=told.get("day", 0))
        return FundLine(
            project=told["project"],
            source=told["source"],
            amount=read_fen(told["amount"]),
            used=read_fen(told["used"]),
            day=day if "day" in told else None,
            note=told.get("note", ""),
        )
