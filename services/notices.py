"""Notices (通知): written, looked at by a second person, public until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services import audit, publishing, scope, subscriptions
from services.calendar import CHINA
from services.publishing import BadPublication, Stage, check, keep, touch
from services.subscriptions import TOPICS
from storage.communities import Community
from storage.information import Notice
from storage.staff import Staff

LONGEST_TITLE, LONGEST_TEXT, MOST_PICTURES = 60, 2000, 6
TOLD = 160
"""Characters of a notice in the message to those who asked to hear of it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a notice says, and the last day on which it does."""

    topic: str
    title: str
    text: str
    until: date | None


def write(
    session: Session, staff: Staff, community: Community, wording: Wording, now: datetime
) -> Notice:
    """A new draft; raises Forbidden and BadPublication."""
    keep(session, staff, community.id)
    notice = Notice(
        community_id=community.id,
        state=Stage.DRAFT.value,
        pictures=[],
        author_id=staff.id,
        version=1,
        created_at=now,
        updated_at=now,
        **_checked(wording, now),
    )
    session.add(notice)
    session.flush()
    audit.record(session, now, staff, "notice.write", notice)
    return notice


def change(
    session: Session, staff: Staff, notice: Notice, version: int, wording: Wording, now: datetime
) -> None:
    """Rewords a draft; raises Forbidden, StalePublication and BadPublication."""
    keep(session, staff, notice.community_id)
    check(notice, version, Stage.DRAFT)
    for name, value in _checked(wording, now).items():
        setattr(notice, name, value)
    notice.author_id = staff.id
    touch(notice, now)


def set_pictures(
    session: Session, staff: Staff, notice: Notice, pictures: list[list[str]], now: datetime
) -> None:
    """The pictures of a draft: pairs of a file below the media folder and what it shows."""
    keep(session, staff, notice.community_id)
    check(notice, notice.version, Stage.DRAFT)
    if len(pictures) > MOST_PICTURES:
        raise BadPublication(f"最多放 {MOST_PICTURES} 张图片")
    notice.pictures = pictures
    touch(notice, now)


def publish(
    session: Session, reviewer: Staff, notice: Notice, version: int, now: datetime, url: str = ""
) -> int:
    """Makes a notice public and tells those who asked for its topic; how many.

    `url` is the address of the public page, empty where there is none.
    """
    if notice.until < _day(now):
        raise BadPublication("公开截止日已经过了，请退回改日期")
    publishing.approve(session, reviewer, notice, version, now)
    lines = [f"【{TOPICS[notice.topic]}】{notice.title}", _short(notice.text), url]
    lines.append("不想再收，回复“退订”。")
    return subscriptions.tell(
        session,
        notice.community_id,
        notice.topic,
        "\n".join(filter(None, lines)),
        source=f"notice:{notice.id}:{notice.version}",
        now=now,
    )


def public(session: Session, community_id: int, today: date) -> list[Notice]:
    """What everybody may read today, the newest first."""
    query = select(Notice).where(
        Notice.community_id == community_id,
        Notice.state == Stage.PUBLISHED,
        Notice.until >= today,
    )
    return list(session.scalars(query.order_by(Notice.published_at.desc(), Notice.id.desc())))


def public_one(session: Session, community_id: int, notice_id: int, today: date) -> Notice | None:
    """A notice that everybody may read today."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.community_id != community_id:
        return None
    return notice if notice.state == Stage.PUBLISHED and notice.until >= today else None


def find(session: Session, staff: Staff, notice_id: int) -> Notice | None:
    """A notice of a community in the scope of `staff`."""
    return session.scalar(_in_scope(staff).where(Notice.id == notice_id))


def kept(session: Session, staff: Staff, limit: int = 200) -> list[Notice]:
    """All notices in scope, what waits first, then the newest."""
    waits = Notice.state.in_((Stage.WAITING, Stage.DRAFT))
    query = _in_scope(staff).order_by(waits.desc(), Notice.updated_at.desc()).limit(limit)
    return list(session.scalars(query))


def _in_scope(staff: Staff) -> Select[Notice]:
    return select(Notice).where(Notice.community_id.in_(scope.communities(staff)))


def _checked(wording: Wording, now: datetime) -> dict[str, object]:
    title, text = wording.title.strip(), wording.text.strip()
    if wording.topic not in TOPICS:
        raise BadPublication("请选一个类别")
    if not title or len(title) > LONGEST_TITLE:
        raise BadPublication(f"标题要有，最多 {LONGEST_TITLE} 字")
    if not text or len(text) > LONGEST_TEXT:
        raise BadPublication(f"正文要有，最多 {LONGEST_TEXT} 字")
    if wording.until is None or wording.until < _day(now):
        raise BadPublication("公开到哪天要选今天或以后的日期")
    return {"topic": wording.topic, "title": title, "text": text, "until": wording.until}


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= TOLD else f"{plain[: TOLD - 1]}…"


def _day(now: datetime) -> date:
    return now.astimezone(CHINA).date()
