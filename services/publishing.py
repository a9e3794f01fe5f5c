"""How staff make something public: written, looked at by a second person, published, taken back.

draft → waiting → published → replaced | withdrawn; a second look may give it back as a draft.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.orm import Session

from services import audit, desk
from services.access import Permission, require
from services.calendar import OfficeHours
from services.places import community_path
from storage.information import Notice, Sheet
from storage.staff import Staff

Publication: TypeAlias = Notice | Sheet

TIME_TO_LOOK = 240
"""Working minutes that something waits for its second look."""


class Stage(StrEnum):
    """Where it stands; the value is stored."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


STAGE_NAMES = {
    Stage.DRAFT: "草稿",
    Stage.WAITING: "待审",
    Stage.PUBLISHED: "已公开",
    Stage.REPLACED: "已被新版替换",
    Stage.WITHDRAWN: "已撤下",
}
PAGES = {"notices": "/console/notices", "public_sheets": "/console/sheets"}


class BadPublication(Exception):
    """What was entered or decided cannot be taken; the message says why."""


class StalePublication(Exception):
    """Somebody has changed it meanwhile."""


def keep(session: Session, staff: Staff, community_id: int) -> None:
    """Raises Forbidden unless `staff` keeps the public information of the community."""
    require(staff, Permission.KEEP_NOTICES, community_path(session, community_id))


def check(row: Publication, version: int, *stages: Stage) -> None:
    """Raises StalePublication unless `row` is as it was seen, in one of `stages`."""
    if row.version != version or row.state not in stages:
        raise StalePublication("这里刚刚有了变化，请看过再继续")


def touch(row: Publication, now: datetime) -> None:
    """Counts a change."""
    row.version, row.updated_at = row.version + 1, now


def submit(
    session: Session,
    staff: Staff,
    row: Publication,
    version: int,
    title: str,
    hours: OfficeHours,
    now: datetime,
) -> None:
    """Asks for the second look; raises Forbidden and StalePublication."""
    keep(session, staff, row.community_id)
    check(row, version, Stage.DRAFT)
    row.state, row.author_id = Stage.WAITING.value, staff.id
    touch(row, now)
    subject = desk.Subject(
        community_id=row.community_id,
        place_path=community_path(session, row.community_id),
        link=f"{PAGES[row.__tablename__]}/{row.id}",
        needs=Permission.APPROVE,
    )
    due = hours.add(now, TIME_TO_LOOK)
    desk.put(session, desk.ItemKind.NOTICE, source_of(row), title, subject, due=due, now=now)
    audit.record(session, now, staff, "publication.submit", row)


def approve(
    session: Session, reviewer: Staff, row: Publication, version: int, now: datetime
) -> None:
    """Makes it public; raises Forbidden, StalePublication, and BadPublication for one's own."""
    _second_look(session, reviewer, row, version)
    row.state, row.approved_by = Stage.PUBLISHED.value, reviewer.id
    row.published_at, row.note = now, ""
    touch(row, now)
    desk.finish(session, source_of(row), now, reviewer)
    audit.record(session, now, reviewer, "publication.approve", row)


def send_back(
    session: Session, reviewer: Staff, row: Publication, version: int, note: str, now: datetime
) -> None:
    """Gives it back as a draft with the reason."""
    _second_look(session, reviewer, row, version)
    if not note.strip():
        raise BadPublication("退回要写明原因")
    row.state, row.note = Stage.DRAFT.value, note.strip()
    touch(row, now)
    desk.finish(session, source_of(row), now, reviewer)
    audit.record(session, now, reviewer, "publication.return", row, reason=row.note)


def withdraw(
    session: Session, staff: Staff, row: Publication, version: int, reason: str, now: datetime
) -> None:
    """Takes it off the public pages at once; needs a reason."""
    keep(session, staff, row.community_id)
    check(row, version, Stage.PUBLISHED)
    if not reason.strip():
        raise BadPublication("撤下要写明原因")
    row.state, row.note = Stage.WITHDRAWN.value, reason.strip()
    touch(row, now)
    audit.record(session, now, staff, "publication.withdraw", row, reason=row.note)


def source_of(row: Publication) -> str:
    """The name under which it waits in the queue."""
    return f"{row.__tablename__}:{row.id}"


def _second_look(session: Session, reviewer: Staff, row: Publication, version: int) -> None:
    require(reviewer, Permission.APPROVE, community_path(session, row.community_id))
    check(row, version, Stage.WAITING)
    if row.author_id == reviewer.id:
        raise BadPublication("自己写的要请另一位同事审核")
