"""Referral (转介): an organisation is told what the applicant agreed to, and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import aid as lane
from services import audit, organisations
from services.access import Permission, require
from services.aid import BadAid
from services.residents import neighbour_name
from storage.aid import AidRequest, Referral
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff

STATE_NAMES = {
    "asked": "等申请人同意",
    "sent": "已转给单位",
    "accepted": "单位接了",
    "done": "单位办好了",
    "refused": "申请人不同意",
    "declined": "单位没有接",
    "withdrawn": "已撤回",
}
SEEN = ("sent", "accepted", "done", "declined")
"""From these states on the organisation sees a referral."""


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What an organisation is to be told: the exact words, and whether the phone goes with them."""

    words: str
    with_phone: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """A referral as its organisation sees it: the words, who, and the phone where it was agreed."""

    referral: Referral
    applicant: str
    phone: str


def refer(
    session: Session,
    staff: Staff,
    aid: AidRequest,
    partner: Organisation | None,
    new: NewReferral,
    now: datetime,
) -> Referral:
    """Asks the applicant to agree; nothing is seen by the organisation before.

    Raises BadAid for one that nobody works on, a partner that is none, or missing words.
    """
    require(staff, Permission.SEE_PRIVATE)
    if aid.state != "working":
        raise BadAid("先接手，再转介")
    if partner is None or partner.community_id != aid.community_id or not partner.active:
        raise BadAid("请选转给哪个单位")
    if not new.words.strip():
        raise BadAid("请写要告诉单位的话，申请人会看到原文")
    referral = Referral(
        community_id=aid.community_id,
        aid_id=aid.id,
        organisation_id=partner.id,
        staff_id=staff.id,
        words=new.words.strip(),
        with_phone=new.with_phone,
        state="asked",
        created_at=now,
        version=1,
    )
    session.add(referral)
    lane.step(session, aid, staff, "referral", f"拟转{partner.name}：{new.words.strip()}", now)
    audit.record(session, now, staff, "aid.refer", referral, after={"to": partner.name})
    text = (
        f"为您的帮扶申请，社区想请{partner.name}一起帮忙，要先得到您同意。\n回复“我的帮扶”看内容。"
    )
    lane.tell(session, aid, text, now)
    return referral


def asked_of(session: Session, resident: Resident) -> list[Referral]:
    """What a resident is asked to agree to."""
    query = select(Referral).join(AidRequest, AidRequest.id == Referral.aid_id)
    mine = query.where(AidRequest.resident_id == resident.id, Referral.state == "asked")
    return list(session.scalars(mine.order_by(Referral.id)))


def of_aid(session: Session, aid: AidRequest) -> list[Referral]:
    """The referrals of an application, the oldest first."""
    query = select(Referral).where(Referral.aid_id == aid.id).order_by(Referral.id)
    return list(session.scalars(query))


def consent(session: Session, referral: Referral, agreed: bool, now: datetime) -> None:
    """The applicant agrees, or does not; BadAid where it was answered before."""
    session.refresh(referral, with_for_update=True)
    aid = session.get_one(AidRequest, referral.aid_id)
    if referral.state != "asked" or aid.state not in lane.OPEN:
        raise BadAid("这件事您答复过了，或者已经办结了。")
    referral.state, referral.consented_at = ("sent" if agreed else "refused"), now
    referral.version += 1
    words = "同意转介" if agreed else "不同意转介"
    lane.step(session, aid, None, "consent", words, now)
    aid.due_at = min(aid.due_at, now)
    lane.enqueue(session, aid, now)


def handed_to(session: Session, staff: Staff) -> list[Handed]:
    """What was referred to the organisation of a member of staff, open ones first."""
    own = organisations.own(session, staff)
    if own is None:
        return []
    query = select(Referral).where(Referral.organisation_id == own.id, Referral.state.in_(SEEN))
    found = session.scalars(query.order_by(Referral.id.desc()).limit(200)).all()
    return [_handed(session, one) for one in sorted(found, key=lambda one: one.state in SEEN[2:])]


def find(session: Session, staff: Staff, referral_id: int) -> Handed | None:
    """One of them; for staff with the right to private matters one of their scope."""
    handed = next(
        (one for one in handed_to(session, staff) if one.referral.id == referral_id), None
    )
    referral = session.get(Referral, referral_id)
    if handed is not None or referral is None:
        return handed
    seen = lane.find(session, staff, referral.aid_id)
    return _handed(session, referral) if seen else None


def answer(
    session: Session, staff: Staff, referral: Referral, state: str, words: str, now: datetime
) -> None:
    """The organisation accepts, declines or tells what was done; applicant and staff hear of it.

    Raises BadAid for a move that does not exist or one without words.
    """
    own = organisations.own(session, staff)
    if own is None or own.id != referral.organisation_id:
        raise BadAid("转介由接的单位答复")
    session.refresh(referral, with_for_update=True)
    moves = {"sent": ("accepted", "declined"), "accepted": ("done", "declined")}
    if state not in moves.get(referral.state, ()):
        raise BadAid("这件转介刚刚有了变化，请看最新情况")
    if not words.strip():
        raise BadAid("请写给申请人和社区看的话")
    referral.state, referral.answer = state, words.strip()
    referral.answered_at, referral.version = now, referral.version + 1
    audit.record(session, now, staff, f"aid.referral_{state}", referral)
    aid = session.get_one(AidRequest, referral.aid_id)
    name = organisations.name_of(session, referral.organisation_id)
    said = f"{name}{STATE_NAMES[state].removeprefix('单位')}：{words.strip()}"
    lane.step(session, aid, None, "answer", said, now, told=True)
    lane.tell(session, aid, said, now)
    if aid.state in lane.OPEN:
        aid.due_at = min(aid.due_at, now)
        lane.enqueue(session, aid, now)


def _handed(session: Session, referral: Referral) -> Handed:
    aid = session.get_one(AidRequest, referral.aid_id)
    applicant = session.get_one(Resident, aid.resident_id)
    phone = (aid.phone or "") if referral.with_phone and referral.state != "declined" else ""
    return Handed(referral, neighbour_name(applicant), phone)
