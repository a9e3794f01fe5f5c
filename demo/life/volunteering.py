"""The volunteers of the demo's month: activities are published, people sign up, come, and rate.

Everything passes through the services, at its moment, between the other things that happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from demo.life.moments import spread
from demo.life.scene import Scene
from services import (
    activities,
    activity_ratings,
    attendance,
    attendance_sheet,
    backfills,
    certificates,
    signup_line,
    signups,
    volunteers,
)
from services.activities import Plan
from services.attendance_sheet import Settlement
from services.backfills import Proposal
from services.calendar import CHINA, OfficeHours
from services.certificates import NoHours, ShownName
from storage.activities import Activity, Occasion
from storage.residents import Resident

SCRIPT = Path(__file__).with_name("activities.yaml")
KEEPER = "wang"
PUBLISHED = timedelta(days=29)
NOTICE = timedelta(days=7)
"""People sign up within the week before; nobody can before an activity is published."""
LIKES = ("clean", "elder", "health", "child", "teach")
TEAMS = ("", "", "红叶志愿队", "退休电工班", "")
Deed = Callable[[], object]
Happening = tuple[datetime, Iterator[int]]


@dataclass(frozen=True, slots=True)
class _Outing:
    """One occasion as it is played; `number` counts them all, `occasion` is made when published."""

    told: dict[str, Any]
    number: int
    starts: datetime
    made: dict[str, int]

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.told["minutes"])


def happenings(scene: Scene, hours: OfficeHours, now: datetime) -> list[Happening]:
    """What happens around volunteering up to `now`, each with its moment."""
    told = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))
    deeds = list(_Volunteering(scene, hours, now).deeds(told))
    return [(moment, _once(deed)) for moment, deed in deeds if moment < now]


def _once(deed: Deed) -> Iterator[int]:
    deed()
    yield from ()


class _Volunteering:
    """Plays the activities of the script."""

    def __init__(self, scene: Scene, hours: OfficeHours, now: datetime) -> None:
        self._scene, self._hours, self._now = scene, hours, now
        self._people = [one.key for one in scene.neighbours.values() if one.early]

    def deeds(self, told: list[dict[str, Any]]) -> Iterator[tuple[datetime, Deed]]:
        """Everything, each with its moment, in any order."""
        outings: list[_Outing] = []
        for one in told:
            mine = [
                _Outing(one, len(outings) + n, self._starts(one, week), {})
                for n, week in enumerate(one["weeks"])
            ]
            outings += mine
            yield self._at_work(PUBLISHED), partial(self._publish, one, mine)
            if "cancelled" in one:
                yield self._at_work(timedelta(days=1)), partial(self._call_off, mine)
        past = [one for one in outings if one.ends + timedelta(hours=2) < self._now]
        newest = max(past, key=lambda one: one.ends)
        for outing in outings:
            yield from self._around(outing, confirmed=outing is not newest)
        yield from self._by_hand()
        yield from self._daily()

    def _starts(self, told: dict[str, Any], week: int) -> datetime:
        today = self._now.astimezone(CHINA).date()
        day: date = today + timedelta(days=told["weekday"] - today.weekday() + 7 * week)
        return datetime.combine(day, time.fromisoformat(told["begins"]), CHINA)

    def _at_work(self, before: timedelta) -> datetime:
        """A moment of working time about so long before the present."""
        moment = self._now - before
        while not self._hours.is_open(moment):
            moment -= timedelta(minutes=37)
        return moment

    def _publish(self, told: dict[str, Any], outings: list[_Outing]) -> None:
        session, staff, now = self._scene.session, self._scene.staff[KEEPER], self._scene.now
        plan = Plan(
            title=told["title"],
            kind=told["kind"],
            place_text=told["place"],
            content=told["content"],
            conditions=told["conditions"],
            risk=told["risk"],
            insurance=told["insurance"],
            capacity=told["places"],
            points_per_hour=told["points"],
        )
        activity = activities.draft(session, staff, self._scene.community.id, plan, now)
        for one in outings:
            if one.starts > now:
                made = activities.add_occasion(session, staff, activity, one.starts, one.ends, now)
                one.made["occasion"] = made.id
        if not activities.missing(session, activity):
            activities.publish(session, staff, activity, now)

    def _call_off(self, outings: list[_Outing]) -> None:
        for outing in (one for one in outings if "occasion" in one.made):
            _, occasion = self._of(outing)
            reason, staff = outing.told["cancelled"], self._scene.staff[KEEPER]
            activities.cancel_occasion(
                self._scene.session, staff, occasion, reason, self._scene.now
            )

    def _of(self, outing: _Outing) -> tuple[Activity, Occasion]:
        occasion = self._scene.session.get_one(Occasion, outing.made["occasion"])
        return self._scene.session.get_one(Activity, occasion.activity_id), occasion

    def _around(self, outing: _Outing, *, confirmed: bool) -> Iterator[tuple[datetime, Deed]]:
        """Sign-ups, check-ins and check-outs, and the confirmation of one occasion."""
        known_from = self._at_work(PUBLISHED) + NOTICE
        if not outing.told["insurance"] or outing.starts < known_from:
            return
        many = outing.told["places"] + (2 if outing.told["places"] < 6 else -3)
        for n in range(min(many, len(self._people))):
            who = self._people[(outing.number * 5 + n) % len(self._people)]
            key = f"{who}-{outing.number}"
            ahead = timedelta(days=1 + spread(key, 4), minutes=spread(key, 300))
            evening = outing.starts.replace(hour=19, minute=10)
            yield evening - ahead, partial(self._join, outing, who)
            if spread(key, 9) == 0:
                continue  # signed up and did not come
            yield (
                outing.starts + timedelta(minutes=spread(key, 12) - 8),
                partial(self._code, outing, who),
            )
            if n != 1 or outing.number % 3:
                leaves = outing.ends + timedelta(minutes=spread(key + "out", 9) - 4)
                yield leaves, partial(self._leave, outing, who)
        if confirmed:
            done = self._hours.add(
                outing.ends + attendance.LATE, 50 + spread(str(outing.number), 60)
            )
            yield done, partial(self._confirm, outing)

    def _resident(self, who: str) -> Resident | None:
        resident = self._scene.resident(who)
        return None if resident.forgotten_at else resident

    def _join(self, outing: _Outing, who: str) -> None:
        resident, session, now = self._resident(who), self._scene.session, self._scene.now
        if resident is None:
            return
        if volunteers.volunteer_of(session, resident) is None:
            likes = [LIKES[spread(who, 4)], LIKES[spread(who + "2", 4)]]
            team = TEAMS[spread(who, 4)]
            volunteers.register(session, resident, now, interests=likes, team=team)
        _, occasion = self._of(outing)
        if occasion.state == "open" and not signups.clashes(session, resident, occasion):
            signups.sign_up(session, occasion.id, resident, now)

    def _code(self, outing: _Outing, who: str) -> None:
        resident, now = self._resident(who), self._scene.now
        if resident is not None:
            code = attendance.code_at(self._of(outing)[1], now)
            attendance.by_code(self._scene.session, resident, code, now)

    def _leave(self, outing: _Outing, who: str) -> None:
        self._code(outing, who)
        resident, session, now = self._resident(who), self._scene.session, self._scene.now
        _, occasion = self._of(outing)
        if resident is None or not activity_ratings.may_rate(session, resident, occasion.id):
            return
        verdict = (1, 1, 1, 2, 1, 3)[spread(f"{who}{outing.number}", 5)]
        activity_ratings.rate(session, resident, occasion.id, now, verdict=verdict)
        activity_ratings.come_again(session, resident, occasion.id, min(verdict, 2))

    def _confirm(self, outing: _Outing) -> None:
        session, now, staff = self._scene.session, self._scene.now, self._scene.staff[KEEPER]
        _, occasion = self._of(outing)
        attendance_sheet.confirm(session, staff, occasion, now)
        for line in attendance_sheet.sheet(session, occasion):
            if line.state == "no_out":
                found = Settlement(outing.told["minutes"] // 2, "组织者确认做到一半先回家")
                attendance_sheet.settle(session, staff, occasion, line.row, found, self._hours, now)

    def _by_hand(self) -> Iterator[tuple[datetime, Deed]]:
        """Time entered by staff, some of it waiting for a second person; a certificate."""
        for before, minutes, reason in (
            (timedelta(days=9), 120, "送餐小车坏了，临时帮忙抬饭"),
            (timedelta(hours=5), 300, "整理志愿仓库一整天，没有开签到"),
        ):
            yield (
                self._at_work(before),
                partial(self._backfill, minutes, reason),
            )
        yield self._at_work(timedelta(days=2)), self._certificate

    def _backfill(self, minutes: int, reason: str) -> None:
        resident, now = self._resident(self._people[1]), self._scene.now
        if resident is not None:
            wanted = Proposal(resident, minutes, now.astimezone(CHINA).date(), reason)
            staff = self._scene.staff[KEEPER]
            backfills.propose(self._scene.session, staff, wanted, self._hours, now)

    def _certificate(self) -> None:
        resident = self._resident(self._people[1])
        if resident is not None:
            try:
                certificates.issue(self._scene.session, resident, ShownName.FAMILY, self._scene.now)
            except NoHours:
                return

    def _daily(self) -> Iterator[tuple[datetime, Deed]]:
        """What the jobs do, three times a day."""
        moment = (self._now - PUBLISHED).astimezone(CHINA).replace(hour=0, minute=20)
        while moment < self._now:
            for hour in (9, 13, 21):
                yield moment.replace(hour=hour), self._jobs
            moment += timedelta(days=1)

    def _jobs(self) -> None:
        session, now = self._scene.session, self._scene.now
        signup_line.lapse_offers(session, self._hours, now)
        signup_line.move_lines(session, self._hours, now)
        signups.remind(session, now)
        attendance_sheet.close_past(session, self._hours, now)
