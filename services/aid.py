"""The hardship lane (困难群众直通车): confidential applications, taken within half a working day.

Seen only by staff with the right to private matters. What an organisation is told is what the
applicant agreed to, word for word (个人信息保护法 art. 23, 29).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from services import audit, desk, outbox, scope
from services.access import Permission, may, require
from services.calendar import OfficeHours
from services.places import community_path
from services.residents import home_path
from storage.aid import AidRequest, AidStep
from storage.residents import Resident
from storage.staff import Staff

WHOM_NAMES = {"self": "自己", "family": "家里人", "neighbour": "邻居"}
KIND_NAMES = {
    "living": "生活困难",
    "illness": "看病负担",
    "school": "孩子上学",
    "housing": "住房",
    "care": "老人孩子没人照料",
    "other": "别的困难",
}
STATE_NAMES = {
    "received": "已收到",
    "working": "在办",
    "settled": "有结果了",
    "declined": "没有办成",
    "withdrawn": "已撤回",
}
STEP_NAMES = {
    "received": "收到申请",
    "taken": "接手",
    "note": "跟进",
    "referral": "转介",
    "consent": "申请人答复",
    "answer": "单位答复",
    "closed": "办结",
}
OPEN = ("received", "working")
RESPONSE_MINUTES = 240
"""Working minutes within which somebody has taken an application."""
FOLLOW_UP_MINUTES = 1620
"""Working minutes (three days) until the next step of one that was taken."""


class BadAid(Exception):
    """The act is not possible; the message says why."""


@dataclass(frozen=True, slots=True)
class NewAid:
    """An application: for whom, what kind, the need in the applicant's words, how to call back."""

    whom: str
    kind: str
    need: str
    phone: str | None = None
    media: tuple[int, ...] = ()


def apply(
    session: Session, resident: Resident, new: NewAid, hours: OfficeHours, now: datetime
) -> AidRequest:
    """Keeps an application, to which the applicant has just consented, and puts it in the queue."""
    due = hours.add(now, RESPONSE_MINUTES)
    aid = AidRequest(
        community_id=resident.community_id,
        resident_id=resident.id,
        whom=new.whom,
        kind=new.kind,
        need=new.need,
        phone=new.phone,
        media=list(new.media),
        consented_at=now,
        state="received",
        due_at=due,
        created_at=now,
        version=1,
    )
    session.add(aid)
    session.flush()
    step(session, aid, None, "received", "", now)
    enqueue(session, aid, now)
    return aid


def find(session: Session, staff: Staff, aid_id: int) -> AidRequest | None:
    """An application in scope; None for everybody without the right to private matters."""
    return session.scalar(select(AidRequest).where(AidRequest.id == aid_id, _seen(staff)))


def listed(session: Session, staff: Staff, *, open_only: bool) -> list[AidRequest]:
    """The applications in scope, what is due first on top; without the open ones the newest."""
    query = select(AidRequest).where(_seen(staff))
    if open_only:
        query = query.where(AidRequest.state.in_(OPEN)).order_by(AidRequest.due_at)
    else:
        query = query.where(AidRequest.state.not_in(OPEN)).order_by(AidRequest.id.desc())
    return list(session.scalars(query.limit(200)))


def _seen(staff: Staff) -> ColumnElement[bool]:
    if not may(staff, Permission.SEE_PRIVATE):
        return false()
    return AidRequest.community_id.in_(scope.communities(staff))


def of_resident(session: Session, resident: Resident, limit: int = 3) -> list[AidRequest]:
    """The applications of a resident, the newest first."""
    query = select(AidRequest).where(AidRequest.resident_id == resident.id)
    return list(session.scalars(query.order_by(AidRequest.id.desc()).limit(limit)))


def steps_of(session: Session, aid: AidRequest, *, told_only: bool = False) -> list[AidStep]:
    """The course of an application, the oldest first."""
    query = select(AidStep).where(AidStep.aid_id == aid.id)
    if told_only:
        query = query.where(AidStep.told.is_(True))
    return list(session.scalars(query.order_by(AidStep.id)))


def take(
    session: Session, staff: Staff, aid: AidRequest, hours: OfficeHours, now: datetime
) -> None:
    """A member of staff becomes responsible; the applicant is told."""
    _begin(session, staff, aid, ("received",))
    aid.state, aid.responsible_id = "working", staff.id
    aid.due_at = hours.add(now, FOLLOW_UP_MINUTES)
    step(session, aid, staff, "taken", "", now)
    enqueue(session, aid, now)
    audit.record(session, now, staff, "aid.take", aid)
    text = f"您的帮扶申请由社区的{staff.name[:1]}某接手了，会跟您联系。\n回复“我的帮扶”随时看。"
    tell(session, aid, text, now)


@dataclass(frozen=True, slots=True)
class Note:
    """What a member of staff writes down; `told` where the applicant hears it, too."""

    words: str
    told: bool = False


def follow_up(
    session: Session, staff: Staff, aid: AidRequest, note: Note, hours: OfficeHours, now: datetime
) -> None:
    """Keeps a step of the work and moves the deadline on."""
    _begin(session, staff, aid, ("working",))
    if not note.words.strip():
        raise BadAid("请写做了什么")
    step(session, aid, staff, "note", note.words.strip(), now, told=note.told)
    aid.due_at = hours.add(now, FOLLOW_UP_MINUTES)
    enqueue(session, aid, now)
    if note.told:
        tell(session, aid, f"帮扶申请有进展：{note.words.strip()}", now)


def close(
    session: Session, staff: Staff, aid: AidRequest, outcome: str, granted: bool, now: datetime
) -> None:
    """Ends an application with words for the applicant; BadAid without them."""
    _begin(session, staff, aid, OPEN)
    if not outcome.strip():
        raise BadAid("请写给申请人看的结果")
    aid.state, aid.outcome = "settled" if granted else "declined", outcome.strip()
    aid.done_at = now
    step(session, aid, staff, "closed", outcome.strip(), now, told=True)
    desk.finish(session, source_of(aid), now, staff)
    audit.record(session, now, staff, "aid.close", aid, after={"state": aid.state})
    tell(session, aid, f"帮扶申请有结果了：{outcome.strip()}", now)


def withdraw(session: Session, aid: AidRequest, now: datetime) -> None:
    """The applicant takes it back; BadAid where it is over."""
    session.refresh(aid, with_for_update=True)
    if aid.state not in OPEN:
        raise BadAid("这件申请已经办结了。")
    aid.state, aid.done_at, aid.version = "withdrawn", now, aid.version + 1
    step(session, aid, None, "closed", "申请人撤回", now)
    desk.finish(session, source_of(aid), now)


def phone_of(session: Session, staff: Staff, aid: AidRequest, reason: str, now: datetime) -> str:
    """The phone in full, with the reason in the audit; empty where none was left."""
    require(staff, Permission.UNMASK)
    if not reason.strip():
        raise BadAid("请写为什么要看")
    audit.record(session, now, staff, "resident.unmask", aid, reason=reason.strip())
    return aid.phone or ""


def source_of(aid: AidRequest) -> str:
    """The name under which an application waits in the queue."""
    return f"aid:{aid.id}"


def enqueue(session: Session, aid: AidRequest, now: datetime) -> None:
    """Puts an application into the queue of those who may see it; its title tells no need."""
    resident = session.get_one(Resident, aid.resident_id)
    subject = desk.Subject(
        community_id=aid.community_id,
        place_path=home_path(session, resident) or community_path(session, aid.community_id),
        link=f"/console/aid/{aid.id}",
        needs=Permission.SEE_PRIVATE,
    )
    title = f"困难帮扶：{KIND_NAMES[aid.kind]}（为{WHOM_NAMES[aid.whom]}）"
    desk.finish(session, source_of(aid), now)
    desk.put(session, desk.ItemKind.AID, source_of(aid), title, subject, due=aid.due_at, now=now)


def step(
    session: Session,
    aid: AidRequest,
    staff: Staff | None,
    kind: str,
    words: str,
    now: datetime,
    *,
    told: bool = False,
) -> None:
    """Adds to the course of an application."""
    session.add(
        AidStep(
            community_id=aid.community_id,
            aid_id=aid.id,
            staff_id=staff.id if staff else None,
            kind=kind,
            words=words,
            told=told,
            at=now,
        )
    )
    session.flush()


def tell(session: Session, aid: AidRequest, text: str, now: datetime) -> None:
    """Tells the applicant."""
    resident = session.get_one(Resident, aid.resident_id)
    newest = steps_of(session, aid)[-1]
    outbox.post(session, resident, text, source=f"aid:{aid.id}:{newest.id}", now=now)


def _begin(session: Session, staff: Staff, aid: AidRequest, states: tuple[str, ...]) -> None:
    require(staff, Permission.SEE_PRIVATE)
    session.refresh(aid, with_for_update=True)
    if aid.state not in states:
        raise BadAid("这件申请刚刚有了变化，请看最新情况")
    aid.version += 1
