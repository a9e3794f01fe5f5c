"""Documents that run out: their keepers are told 30 and 7 days before the last day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import desk
from services.access import Permission
from services.calendar import CHINA, OfficeHours
from services.places import community_path
from services.policies import communities_with_policies, expiring
from storage.desk import QueueItem
from storage.policies import PolicyDocument

DAYS_BEFORE = (30, 7)


def remind(session: Session, hours: OfficeHours, now: datetime) -> int:
    """Puts each document that runs out in the queue, once for each step; returns how many."""
    today = now.astimezone(CHINA).date()
    told = 0
    for community_id in communities_with_policies(session):
        for row in expiring(session, community_id, today, within_days=max(DAYS_BEFORE)):
            told += _remind(session, row, today, hours, now)
    return told


def _remind(
    session: Session, row: PolicyDocument, today: date, hours: OfficeHours, now: datetime
) -> bool:
    last = row.valid_until
    if last is None:
        return False
    left = (last - today).days
    step = min(days for days in DAYS_BEFORE if left <= days)
    source = f"policy-expiry:{row.id}:{last:%Y%m%d}:{step}"
    if session.scalar(select(QueueItem.id).where(QueueItem.source == source)) is not None:
        return False
    subject = desk.Subject(
        community_id=row.community_id,
        place_path=community_path(session, row.community_id),
        link=f"/console/policies/{row.id}",
        needs=Permission.KEEP_KNOWLEDGE,
    )
    when = "今天到期" if left == 0 else f"还有{left}天到期"
    title = f"《{row.title}》{when}（{last:%Y-%m-%d}），请更新或撤下"
    due = max(
        now + timedelta(hours=1),
        datetime.combine(last, hours.closes, CHINA).astimezone(now.tzinfo),
    )
    desk.put(session, desk.ItemKind.KNOWLEDGE, source, title, subject, due=due, now=now)
    return True
