"""Staff replies: written, approved by a second person, sent through the outbox.

draft → awaiting → approved | rejected. Nothing reaches a resident that was not approved, and
nobody approves their own words (where the community asks for approval).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, desk, desk_terms, handover, outbox
from services.access import Permission, require
from services.calendar import USUAL, OfficeHours
from services.case_clock import set_alarm, told
from services.case_events import record
from services.case_queue import put_off
from services.case_states import Actor
from services.places import community_path
from storage.cases import Case
from storage.desk import Reply
from storage.messages import InboundMessage
from storage.residents import Resident
from storage.staff import Staff

REVIEW_TIME = timedelta(hours=1)
MAX_TEXT = 600
"""Characters: three bytes each, this stays below the 2048 bytes that WeChat takes."""


class StaleReply(Exception):
    """The conversation has moved on since the author read it; the message says how."""


class BadReply(Exception):
    """The reply cannot be taken as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class NewReply:
    """What a member of staff wants to say, and the newest message they had seen."""

    text: str
    seen_inbound_id: int | None
    case: Case | None = None


def newest_inbound_id(session: Session, resident: Resident) -> int | None:
    """The newest message of a resident; what a reply is measured against."""
    return session.scalar(
        select(func.max(InboundMessage.id)).where(
            InboundMessage.resident_id == resident.id, InboundMessage.kind != "event"
        )
    )


def propose(
    session: Session, staff: Staff, resident: Resident, new: NewReply, now: datetime
) -> Reply:
    """Hands a reply to the reviewers.

    Raises BadReply for an empty, over-long text or one with a blank left open (`{…}`), and
    StaleReply where the resident wrote something the author had not seen.
    """
    path = new.case.place_path if new.case else community_path(session, resident.community_id)
    require(staff, Permission.HANDLE, new.case.place_path if new.case else None)
    text = new.text.strip()
    _check_text(text)
    if not resident.following:
        raise BadReply("这位居民已取消关注，消息发不出去")
    newest = newest_inbound_id(session, resident)
    if newest != new.seen_inbound_id:
        raise StaleReply("居民刚刚又发来了消息，请看过再回复")
    reply = Reply(
        community_id=resident.community_id,
        resident_id=resident.id,
        case_id=new.case.id if new.case else None,
        author_id=staff.id,
        text=text,
        state="awaiting",
        base_inbound_id=newest,
        created_at=now,
        updated_at=now,
        version=1,
    )
    session.add(reply)
    session.flush()
    subject = desk.Subject(
        community_id=resident.community_id,
        place_path=path,
        case_id=reply.case_id,
        resident_id=resident.id,
        reply_id=reply.id,
    )
    desk.put(
        session,
        desk.ItemKind.APPROVAL,
        source_of(reply),
        text,
        subject,
        due=now + REVIEW_TIME,
        now=now,
    )
    audit.record(session, now, staff, "reply.propose", reply)
    return reply


def submit(
    session: Session,
    staff: Staff,
    resident: Resident,
    new: NewReply,
    approval: str,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> Reply:
    """Proposes a reply; where the community asks for no approval (`never`) it goes out at once."""
    reply = propose(session, staff, resident, new, now)
    if approval == "never":
        send(session, None, reply, now, hours=hours)
    return reply


def _check_text(text: str) -> None:
    if not text:
        raise BadReply("回复是空的")
    if len(text) > MAX_TEXT:
        raise BadReply(f"回复太长：{len(text)} 字，最多 {MAX_TEXT} 字")
    if "{" in text or "｛" in text:
        raise BadReply("还有没填的空格（{…}），填好再提交")


def source_of(reply: Reply) -> str:
    """The name under which a reply waits for approval."""
    return f"reply:{reply.id}"


def approve(
    session: Session,
    reviewer: Staff,
    reply: Reply,
    version: int,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> None:
    """Sends a reply on its way, exactly as shown to the reviewer.

    Raises Forbidden without the right or for one's own words, StaleReply where it has changed.
    """
    _require_review(session, reviewer, reply, version)
    if reply.author_id == reviewer.id:
        raise BadReply("不能审核自己写的回复，请另一位审核员来看")
    send(session, reviewer, reply, now, hours=hours)


def send(
    session: Session,
    reviewer: Staff | None,
    reply: Reply,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> None:
    """Posts an accepted reply and records it with its case, whose next word is due anew."""
    resident = session.get_one(Resident, reply.resident_id)
    message = outbox.post(
        session,
        resident,
        reply.text,
        source=source_of(reply),
        now=now,
        template="staff_reply",
        fields={"note": reply.text},
    )
    _close(session, reviewer, reply, "approved", now)
    handover.take(session, resident, now)
    reply.outbox_id = message.id
    if reply.case_id is not None:
        case = session.get_one(Case, reply.case_id)
        record(
            session, case, now, "reply", Actor.STAFF, reply.author_id, text=reply.text, public=True
        )
        terms = desk_terms.of_case(session, case, hours)
        told(case, now, terms)
        set_alarm(case, terms)
        put_off(session, case, now)
    audit.record(session, now, reviewer, "reply.approve", reply)


def reject(
    session: Session, reviewer: Staff, reply: Reply, version: int, note: str, now: datetime
) -> None:
    """Gives a reply back to its author with the reason."""
    _require_review(session, reviewer, reply, version)
    if not note.strip():
        raise BadReply("退回要写明原因")
    reply.review_note = note.strip()
    _close(session, reviewer, reply, "rejected", now)
    audit.record(session, now, reviewer, "reply.reject", reply, reason=note.strip())


def withdraw(session: Session, staff: Staff, reply: Reply, version: int, now: datetime) -> None:
    """Takes one's own waiting reply back."""
    if reply.author_id != staff.id:
        raise BadReply("只能撤回自己写的回复")
    _check_version(reply, version)
    _close(session, None, reply, "withdrawn", now)
    audit.record(session, now, staff, "reply.withdraw", reply)


def _require_review(session: Session, reviewer: Staff, reply: Reply, version: int) -> None:
    path = community_path(session, reply.community_id)
    if reply.case_id is not None:
        path = session.get_one(Case, reply.case_id).place_path
    require(reviewer, Permission.APPROVE, path)
    _check_version(reply, version)


def _check_version(reply: Reply, version: int) -> None:
    if reply.state != "awaiting" or reply.version != version:
        raise StaleReply("这条回复已经处理过了，请刷新后再看")


def _close(
    session: Session, reviewer: Staff | None, reply: Reply, state: str, now: datetime
) -> None:
    reply.state, reply.updated_at, reply.version = state, now, reply.version + 1
    if reviewer is not None:
        reply.reviewer_id, reply.reviewed_at = reviewer.id, now
    desk.finish(session, source_of(reply), now, reviewer)
