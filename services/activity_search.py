"""Finding activities: by day, by part of the day, by kind, by words, near a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.access import visible_to
from services.calendar import CHINA
from storage.activities import Activity, Occasion, SignUp
from storage.communities import Community
from storage.residents import Resident
from storage.staff import Staff

PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24)}
"""The parts of a day by their first and last hour, local time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; empty means all of it.

    Days are local and both included; `near` is the path of a place: what is there, or for all of
    the community, comes before what is elsewhere. `words` are pieces of text that a title may hold.
    """

    first: date | None = None
    last: date | None = None
    part: str = ""
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    near: str = ""

    @property
    def says_when(self) -> bool:
        return self.first is not None

    @property
    def says_what(self) -> bool:
        return bool(self.kinds or self.words)


@dataclass(frozen=True, slots=True)
class Found:
    """An occasion to come, with its activity."""

    activity: Activity
    occasion: Occasion

    @property
    def full(self) -> bool:
        return self.occasion.taken >= self.occasion.capacity


def upcoming(session: Session, community_id: int, wish: Wish, now: datetime) -> list[Found]:
    """The published occasions to come that fit, by time; the best words first where words fit."""
    rows = session.execute(_open(community_id).where(Occasion.starts_at > now))
    found = [Found(activity, occasion) for activity, occasion in rows]
    found = [one for one in found if _in_time(one.occasion, wish)]
    if wish.says_what:
        scores = {one.occasion.id: _score(one.activity, wish) for one in found}
        best = max(scores.values(), default=0)
        found = [one for one in found if best and scores[one.occasion.id] == best]
    if wish.near:
        found.sort(key=lambda one: -_nearness(one.activity.place_path, wish.near))
    return found


def _open(community_id: int) -> Select[Activity, Occasion]:
    return (
        select(Activity, Occasion)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .where(
            Activity.community_id == community_id,
            Activity.state == "published",
            Occasion.state == "open",
        )
        .order_by(Occasion.starts_at, Occasion.id)
    )


def _in_time(occasion: Occasion, wish: Wish) -> bool:
    local = occasion.starts_at.astimezone(CHINA)
    if wish.first is not None and local.date() < wish.first:
        return False
    if wish.last is not None and local.date() > wish.last:
        return False
    first, last = PARTS.get(wish.part, (0, 24))
    return first <= local.hour < last


def _score(activity: Activity, wish: Wish) -> int:
    """How well an activity fits the words: its title counts more than its kind."""
    words = sum(3 for piece in wish.words if piece in activity.title)
    return words + 2 * (activity.kind in wish.kinds)


def _nearness(path: str, near: str) -> int:
    """How many steps of the tree two places share; what is for everybody is as near as can be."""
    if near.startswith(path):
        return 99
    shared = 0
    for one, other in zip(path.strip("/").split("/"), near.strip("/").split("/"), strict=False):
        if one != other:
            break
        shared += 1
    return shared


def by_id(session: Session, community_id: int, occasion_id: int) -> Found | None:
    """A published occasion of this community, whatever its time."""
    query = (
        select(Activity, Occasion)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .where(
            Occasion.id == occasion_id,
            Activity.community_id == community_id,
            Activity.state != "draft",
        )
    )
    row = session.execute(query).one_or_none()
    return Found(*row) if row else None


def next_of(session: Session, community_id: int, activity_id: int, now: datetime) -> Found | None:
    """The next occasion of a published activity."""
    query = _open(community_id).where(Activity.id == activity_id, Occasion.starts_at > now)
    row = session.execute(query.limit(1)).one_or_none()
    return Found(*row) if row else None


@dataclass(frozen=True, slots=True)
class Mine:
    """One sign-up of a resident, with what it is for."""

    row: SignUp
    activity: Activity
    occasion: Occasion


def own(session: Session, resident: Resident, now: datetime, states: Sequence[str]) -> list[Mine]:
    """The sign-ups of a resident for what is not over, in these states, by time."""
    return _own(session, SignUp.resident_id == resident.id, now, states)


def for_others(
    session: Session, agent: Resident, now: datetime, states: Sequence[str]
) -> list[Mine]:
    """What an agent signed others up for, in these states, by time."""
    return _own(session, SignUp.agent_id == agent.id, now, states)


def _own(session: Session, whose: object, now: datetime, states: Sequence[str]) -> list[Mine]:
    query = (
        select(SignUp, Activity, Occasion)
        .join(Occasion, Occasion.id == SignUp.occasion_id)
        .join(Activity, Activity.id == Occasion.activity_id)
        .where(
            whose,  # type: ignore[arg-type]
            SignUp.state.in_(states),
            Occasion.state == "open",
            Occasion.ends_at > now,
        )
        .order_by(Occasion.starts_at, Occasion.id)
    )
    return [Mine(*row) for row in session.execute(query)]


def published_between(
    session: Session, community: Community, first: date, last: date
) -> list[Found]:
    """What the calendar of a community shows for a span of days, cancelled occasions too."""
    start = datetime.combine(first, time(), CHINA)
    end = datetime.combine(last, time.max, CHINA)
    query = (
        select(Activity, Occasion)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .where(
            Activity.community_id == community.id,
            Activity.state != "draft",
            Occasion.starts_at >= start,
            Occasion.starts_at <= end,
        )
        .order_by(Occasion.starts_at, Occasion.id)
    )
    return [Found(*row) for row in session.execute(query)]


def in_scope_between(session: Session, staff: Staff, first: date, last: date) -> list[Found]:
    """Every occasion in the scope of `staff` in a span of days, drafts and cancelled ones too."""
    query = (
        select(Activity, Occasion)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .where(
            visible_to(staff, Activity.place_path),
            Occasion.starts_at >= datetime.combine(first, time(), CHINA),
            Occasion.starts_at <= datetime.combine(last, time.max, CHINA),
        )
        .order_by(Occasion.starts_at, Occasion.id)
    )
    return [Found(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity in the list of the console; `next` is its next or else its last occasion."""

    activity: Activity
    next: Occasion | None


def listed(
    session: Session, staff: Staff, state: str, words: str, now: datetime
) -> list[ActivityRow]:
    """The activities in the scope of `staff`: those to come by time, then the others."""
    query = select(Activity).where(visible_to(staff, Activity.place_path))
    if state:
        query = query.where(Activity.state == state)
    if words:
        query = query.where(Activity.title.contains(words, autoescape=True))
    activities = list(session.scalars(query.order_by(Activity.id.desc())))
    ahead = _edge(session, activities, now, after=True)
    past = _edge(session, activities, now, after=False)
    rows = [ActivityRow(one, ahead.get(one.id) or past.get(one.id)) for one in activities]
    return sorted(rows, key=lambda row: _order(row, now))


def _edge(
    session: Session, activities: list[Activity], now: datetime, *, after: bool
) -> dict[int, Occasion]:
    """The next occasion of each activity, or with `after` false its last one."""
    mine = Occasion.activity_id.in_([one.id for one in activities])
    when = Occasion.ends_at > now if after else Occasion.ends_at <= now
    edge = func.min(Occasion.starts_at) if after else func.max(Occasion.starts_at)
    moments = (
        select(Occasion.activity_id.label("activity"), edge.label("at"))
        .where(mine, when)
        .group_by(Occasion.activity_id)
        .subquery()
    )
    query = select(Occasion).join(
        moments,
        (Occasion.activity_id == moments.c.activity) & (Occasion.starts_at == moments.c.at),
    )
    return {one.activity_id: one for one in session.scalars(query)}


def _order(row: ActivityRow, now: datetime) -> tuple[int, float]:
    if row.next is None:
        return (1, 0.0)
    starts = row.next.starts_at.timestamp()
    return (0, starts) if row.next.ends_at > now else (2, -starts)
