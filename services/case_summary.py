"""公开摘要: a few words about a case that everybody may read, written by the staff.

Whoever handles the case writes it; it is public once a second person has passed it in the
moderation, and can be taken back. What residents wrote themselves never becomes public by this.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, moderation
from services.access import Permission, require
from services.calendar import OfficeHours
from services.case_events import record
from services.case_states import Actor
from services.case_words import BadInput, words_of
from services.moderation import BadDecision
from services.outside import PUBLISHED_TEXT
from services.redacting import without_numbers
from storage.cases import Case, CaseEvent
from storage.moderation import Submission
from storage.staff import Staff

LONGEST = 200
_EVENT = "summary"


def propose(
    session: Session, staff: Staff, case: Case, text: str, hours: OfficeHours, now: datetime
) -> Submission:
    """Puts a summary before the moderation; raises Forbidden, BadInput."""
    require(staff, Permission.HANDLE, case.place_path)
    words = words_of(text, "公开摘要", LONGEST)
    if case.private or case.anonymous or case.confidential:
        raise BadInput("保密和匿名的事不公开，也就没有摘要")
    if without_numbers(words) != words:
        raise BadInput("摘要里有电话、证件号或门牌，请去掉")
    last = newest(session, case)
    if last is not None and last.state == "waiting":
        raise BadInput("上一份摘要还在等审核")
    record(session, case, now, _EVENT, Actor.STAFF, staff.id, text=words)
    audit.record(session, now, staff, "case.summary", case)
    wanted = moderation.Wanted(PUBLISHED_TEXT, case.id, f"公开摘要：{case.title}"[:120], words)
    return moderation.submit(session, wanted, case.community_id, hours, now)


def newest(session: Session, case: Case) -> Submission | None:
    """The summary that was written last, whatever became of it."""
    query = select(Submission).where(
        Submission.kind == PUBLISHED_TEXT, Submission.subject_id == case.id
    )
    return session.scalar(query.order_by(Submission.id.desc()).limit(1))


def take_back(session: Session, staff: Staff, case: Case, reason: str, now: datetime) -> None:
    """Takes every published summary of a case off the public page; raises Forbidden, BadInput."""
    require(staff, Permission.HANDLE, case.place_path)
    words = words_of(reason, "原因", LONGEST)
    published = session.scalars(
        select(Submission).where(
            Submission.kind == PUBLISHED_TEXT,
            Submission.subject_id == case.id,
            Submission.state == "published",
        )
    ).all()
    if not published:
        raise BadInput("现在没有公开的摘要")
    for one in published:
        one.state, one.reason, one.version = "refused", words, one.version + 1
    event = record(session, case, now, _EVENT, Actor.STAFF, staff.id)
    event.reason = f"撤下公开摘要：{words}"
    audit.record(session, now, staff, "case.summary_off", case, reason=words)


def moderated(session: Session, submission: Submission, _now: datetime) -> None:
    """The text itself is what is read, so no row has to follow; but nobody passes their own.

    Raises BadDecision.
    """
    written = select(CaseEvent.actor_id).where(
        CaseEvent.case_id == submission.subject_id,
        CaseEvent.kind == _EVENT,
        CaseEvent.at == submission.created_at,
    )
    mine = session.scalars(written).all()
    if submission.state == "published" and submission.decided_by in mine:
        raise BadDecision("摘要是您写的，请另一位同事来看")
