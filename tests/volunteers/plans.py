"""Activities for tests: complete plans, published in one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import activities
from services.activities import Plan
from services.calendar import CHINA
from storage.activities import Activity, Occasion
from storage.communities import Community
from storage.staff import Staff

CLEANING = Plan(
    title="清洁楼道志愿活动",
    kind="clean",
    place_text="社区小广场",
    content="一起打扫1到3栋的楼道，工具由社区准备。",
    conditions="18到70岁，身体健康。",
    risk="地面湿滑，请穿防滑鞋。",
    insurance="社区已为参加者买意外险。",
    capacity=2,
    points_per_hour=10,
)
CLINIC = replace(
    CLEANING,
    title="周末义诊帮手",
    kind="health",
    place_text="社区一楼",
    content="帮老人排队、登记。",
)


def saturday(now: datetime, hour: int) -> datetime:
    """The coming Saturday at a local hour."""
    local = now.astimezone(CHINA)
    day = local + timedelta(days=(5 - local.weekday()) % 7 or 7)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def published(
    session: Session, staff: Staff, plan: Plan, starts_at: datetime, now: datetime
) -> tuple[Activity, Occasion]:
    """A published activity of two hours."""
    community = session.scalars(select(Community).where(Community.code == "demo")).one()
    activity = activities.draft(session, staff, community.id, plan, now)
    ends_at = starts_at + timedelta(hours=2)
    occasion = activities.add_occasion(session, staff, activity, starts_at, ends_at, now)
    activities.publish(session, staff, activity, now)
    return activity, occasion
