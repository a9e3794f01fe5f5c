"""Volunteer activities (志愿活动): drafted, complete, published, cancelled; and the occasions on
which they take place.

What a volunteer must be told beforehand, truly and completely, with the risks: 志愿服务条例 (State
Council order 685) art. 12; on insurance art. 17. Nothing is published without time, place, content,
conditions, number, risk and insurance note.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services import audit, outbox
from services.access import Permission, require, visible_to
from services.activity_kinds import KINDS
from services.bad_field import BadField
from services.calendar import CHINA, say_moment
from services.places import community_path
from storage.activities import Activity, Occasion, SignUp
from storage.communities import Place
from storage.residents import Resident
from storage.staff import Staff

STATE_NAMES = {"draft": "未发布", "published": "报名中", "cancelled": "已取消"}
HELD = ("confirmed", "offered")
"""The states in which a sign-up takes a place."""
ALIVE = (*HELD, "waiting")
MOST_PEOPLE = 2000
LONGEST = timedelta(hours=12)
MUST_SAY = {
    "place_text": "地点",
    "content": "活动内容",
    "conditions": "参加条件",
    "risk": "风险提示",
    "insurance": "保险说明",
}


class BadActivity(BadField):
    """What was entered cannot be taken; `field` says where, the message why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity as it was entered; `place_path` is empty for the whole community."""

    title: str
    kind: str
    place_text: str = ""
    place_path: str = ""
    content: str = ""
    conditions: str = ""
    risk: str = ""
    insurance: str = ""
    capacity: int = 0
    points_per_hour: int = 0
    organisation_id: int | None = None


def draft(session: Session, staff: Staff, community_id: int, plan: Plan, now: datetime) -> Activity:
    """A new activity that nobody but staff sees yet; raises BadActivity."""
    activity = Activity(
        community_id=community_id,
        organiser_id=staff.id,
        created_at=now,
        place_path=community_path(session, community_id),
    )
    _fill(session, staff, activity, plan)
    session.add(activity)
    session.flush()
    audit.record(session, now, staff, "activity.draft", activity)
    return activity


def change(session: Session, staff: Staff, activity: Activity, plan: Plan, now: datetime) -> None:
    """Changes what an activity says. A published one must stay complete; raises BadActivity."""
    if activity.state == "cancelled":
        raise BadActivity("title", "活动已取消，不能再改")
    _fill(session, staff, activity, plan)
    lacking = missing(session, activity)
    if activity.state == "published" and lacking:
        field, name = next(iter(lacking.items()))
        raise BadActivity(field, f"已经发布的活动不能没有{name}")
    activity.version += 1
    audit.record(session, now, staff, "activity.change", activity)


def _fill(session: Session, staff: Staff, activity: Activity, plan: Plan) -> None:
    title = plan.title.strip()
    if not 2 <= len(title) <= 40:
        raise BadActivity("title", "名称 2 到 40 个字")
    if plan.kind not in KINDS:
        raise BadActivity("kind", "请选一个类别")
    if not 0 <= plan.capacity <= MOST_PEOPLE:
        raise BadActivity("capacity", f"人数 1 到 {MOST_PEOPLE}")
    if not 0 <= plan.points_per_hour <= 100:
        raise BadActivity("points_per_hour", "每小时 0 到 100 分")
    path = plan.place_path or community_path(session, activity.community_id)
    known = select(Place.id).where(Place.path == path, Place.community_id == activity.community_id)
    if session.scalar(known) is None:
        raise BadActivity("place_path", "没有这个地点")
    require(staff, Permission.KEEP_ACTIVITIES, path)
    activity.title, activity.kind, activity.place_path = title, plan.kind, path
    activity.capacity, activity.points_per_hour = plan.capacity, plan.points_per_hour
    activity.organisation_id = plan.organisation_id
    for name in MUST_SAY:
        setattr(activity, name, str(getattr(plan, name)).strip())


def missing(session: Session, activity: Activity) -> Mapping[str, str]:
    """What is still to be said before it may be published: the field and its Chinese name."""
    lacking = {field: name for field, name in MUST_SAY.items() if not getattr(activity, field)}
    if activity.capacity < 1:
        lacking["capacity"] = "人数"
    if not open_occasions(session, activity):
        lacking["starts_at"] = "时间"
    return lacking


def publish(session: Session, staff: Staff, activity: Activity, now: datetime) -> None:
    """Opens an activity for signing up; raises BadActivity that names all that is missing."""
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    if activity.state != "draft":
        raise BadActivity("state", "这个活动已经发布或取消了")
    lacking = missing(session, activity)
    if lacking:
        raise BadActivity("state", f"还不能发布，缺少：{'、'.join(lacking.values())}")
    if all(one.starts_at <= now for one in open_occasions(session, activity)):
        raise BadActivity("state", "活动时间已经过了，请加一个新的时间")
    activity.state, activity.published_at = "published", now
    activity.version += 1
    audit.record(session, now, staff, "activity.publish", activity)


def add_occasion(
    session: Session,
    staff: Staff,
    activity: Activity,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Occasion:
    """Adds a time at which the activity takes place; raises BadActivity."""
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    if activity.state == "cancelled":
        raise BadActivity("starts_at", "活动已取消，不能再加时间")
    if activity.capacity < 1:
        raise BadActivity("starts_at", "请先填写人数")
    if not timedelta() < ends_at - starts_at <= LONGEST:
        raise BadActivity("starts_at", "结束要晚于开始，一场最长 12 小时")
    if starts_at <= now:
        raise BadActivity("starts_at", "开始时间已经过了")
    occasion = Occasion(
        community_id=activity.community_id,
        activity_id=activity.id,
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=activity.capacity,
        taken=0,
        last_number=0,
        state="open",
        secret=secrets.token_hex(16),
    )
    session.add(occasion)
    session.flush()
    audit.record(session, now, staff, "activity.occasion", activity)
    return occasion


def cancel_occasion(
    session: Session, staff: Staff, occasion: Occasion, reason: str, now: datetime
) -> int:
    """Calls an occasion off and tells everybody who signed up; returns how many were told.

    Raises BadActivity without a reason, or once it has begun.
    """
    activity = session.get_one(Activity, occasion.activity_id)
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    if not reason.strip():
        raise BadActivity("reason", "请写明原因，报名的人会看到")
    locked = lock(session, occasion.id)
    if locked.state != "open" or locked.starts_at <= now:
        raise BadActivity("reason", "已经取消或开始的场次不能取消")
    told = _call_off(session, activity, locked, reason.strip(), now)
    audit.record(session, now, staff, "activity.cancel_occasion", activity, reason=reason.strip())
    return told


def cancel(session: Session, staff: Staff, activity: Activity, reason: str, now: datetime) -> int:
    """Calls an activity off with all its occasions to come; returns how many people were told."""
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    if not reason.strip():
        raise BadActivity("reason", "请写明原因，报名的人会看到")
    if activity.state == "cancelled":
        raise BadActivity("reason", "这个活动已经取消了")
    told = 0
    for one in open_occasions(session, activity):
        if one.starts_at > now:
            told += _call_off(session, activity, lock(session, one.id), reason.strip(), now)
    activity.state, activity.version = "cancelled", activity.version + 1
    audit.record(session, now, staff, "activity.cancel", activity, reason=reason.strip())
    return told


def _call_off(
    session: Session, activity: Activity, occasion: Occasion, reason: str, now: datetime
) -> int:
    occasion.state, occasion.cancel_reason, occasion.taken = "cancelled", reason, 0
    going = select(SignUp).where(SignUp.occasion_id == occasion.id, SignUp.state.in_(ALIVE))
    people = list(session.scalars(going.order_by(SignUp.number)))
    for one in people:
        one.state, one.offered_until, one.changed_at = "cancelled", None, now
        text = (
            f"对不住，〔{activity.title}〕{when(occasion, now)}这场取消了。原因：{reason}\n"
            "回复“志愿活动”看看别的活动。"
        )
        resident = session.get_one(Resident, one.resident_id)
        source = f"occasion:{occasion.id}:off:{one.id}"
        outbox.post(session, resident, text, source=source, now=now, policy="decision")
    return len(people)


def lock(session: Session, occasion_id: int) -> Occasion:
    """The occasion, locked for this transaction: whoever takes or frees a place comes one by one.

    On SQLite writers come one by one anyhow.
    """
    query = select(Occasion).where(Occasion.id == occasion_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(query).one()


def when(occasion: Occasion, now: datetime) -> str:
    """The time of an occasion as one says it: 3月7日（周六）9:00–11:00."""
    first, last = occasion.starts_at.astimezone(CHINA), occasion.ends_at.astimezone(CHINA)
    said = say_moment(occasion.starts_at, now)
    day, clock = (
        said[: -len(f"{first.hour}:{first.minute:02d}")],
        f"{first.hour}:{first.minute:02d}",
    )
    return f"{day}（周{'一二三四五六日'[first.weekday()]}）{clock}–{last.hour}:{last.minute:02d}"


def open_occasions(session: Session, activity: Activity) -> list[Occasion]:
    """The occasions of an activity that were not called off, by time."""
    return [one for one in occasions_of(session, activity) if one.state == "open"]


def occasions_of(session: Session, activity: Activity) -> list[Occasion]:
    """All occasions of an activity, by time."""
    query = select(Occasion).where(Occasion.activity_id == activity.id)
    return list(session.scalars(query.order_by(Occasion.starts_at, Occasion.id)))


def find(session: Session, staff: Staff, activity_id: int) -> Activity | None:
    """An activity in the scope of `staff`."""
    return session.scalar(_visible(staff).where(Activity.id == activity_id))


def find_occasion(
    session: Session, staff: Staff, occasion_id: int
) -> tuple[Activity, Occasion] | None:
    """An occasion in the scope of `staff`, with its activity."""
    occasion = session.get(Occasion, occasion_id)
    activity = find(session, staff, occasion.activity_id) if occasion else None
    return (activity, occasion) if activity and occasion else None


def _visible(staff: Staff) -> Select[Activity]:
    return select(Activity).where(visible_to(staff, Activity.place_path))
