"""The time bank (助老爱心储蓄): care for the elderly, paid in hours that the giver keeps.

A request is matched by staff or taken up by a known giver; afterwards both sides say how many
minutes it took. When they say the same the hours move, once: from the elder's account, that of the
relative who asked, or the community's fund. Amounts are whole minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services import audit, consents, desk, ledger, outbox, scope
from services.access import Permission, require
from services.calendar import OfficeHours
from services.ledger import Unit
from services.places import community_place
from services.residents import home_path, neighbour_name
from storage.care import CareGiver, CareRequest
from storage.residents import Resident
from storage.staff import Staff

KIND_NAMES = {
    "escort": "陪诊",
    "chat": "陪聊",
    "errand": "买菜取药",
    "haircut": "理发",
    "home": "家务",
    "meal": "送餐",
    "other": "别的",
}
STATE_NAMES = {
    "open": "在找人",
    "matched": "有人来",
    "done": "办好了",
    "cancelled": "取消了",
    "expired": "没找到人",
}
GIVER_STATES = {"waiting": "待认识", "active": "在帮忙", "resting": "歇着", "refused": "没有同意"}
PAYERS = {"own": "老人自己", "family": "家人", "fund": "社区"}
LEAST, MOST = 15, 480
"""Minutes that one request may ask for and pay."""
MATCH_MINUTES = 540
"""Working minutes within which staff look for somebody: one working day."""
LIFE = timedelta(days=14)
LIVE = ("open", "matched")


class BadCare(Exception):
    """The act is not possible; the message says why."""


@dataclass(frozen=True, slots=True)
class NewCare:
    """A request: what, when, how many minutes; `notes` only staff see, and the giver if wished."""

    kind: str
    time_words: str
    minutes: int
    notes: str | None = None
    notes_for_giver: bool = False
    phone: str | None = None


def volunteer(
    session: Session,
    resident: Resident,
    words: str,
    phone: str | None,
    hours: OfficeHours,
    now: datetime,
) -> CareGiver:
    """A resident wants to give hours; staff get to know them first."""
    giver = giver_of(session, resident)
    if giver is None:
        giver = CareGiver(
            community_id=resident.community_id, resident_id=resident.id, created_at=now
        )
        session.add(giver)
    giver.words, giver.phone = words, phone
    giver.state = "active" if giver.state in ("active", "resting") else "waiting"
    session.flush()
    if giver.state == "waiting":
        title = "时间银行：居民想来帮忙"
        _enqueue(session, _giver_source(giver), title, resident, hours.add(now, MATCH_MINUTES), now)
    return giver


def giver_of(session: Session, resident: Resident) -> CareGiver | None:
    """The giver that a resident is or wants to be."""
    return session.scalar(select(CareGiver).where(CareGiver.resident_id == resident.id))


def decide_giver(
    session: Session, staff: Staff, giver: CareGiver, *, accept: bool, now: datetime
) -> None:
    """Staff accept a giver, or do not; the resident is told."""
    require(staff, Permission.KEEP_HELP)
    session.refresh(giver, with_for_update=True)
    if giver.state == "waiting" or (giver.state == "active") is not accept:
        giver.state, giver.decided_by = ("active" if accept else "refused"), staff.id
        desk.finish(session, _giver_source(giver), now, staff)
        audit.record(session, now, staff, "care.giver", giver, after={"state": giver.state})
        yes = "欢迎您！回复“时间银行”看谁需要帮忙。"
        no = "谢谢您的好意，这次社区先不安排。有话想说，回复“人工”。"
        _tell(
            session,
            giver.resident_id,
            yes if accept else no,
            f"giver:{giver.id}:{now:%y%j%H%M}",
            now,
        )


def request(
    session: Session,
    requester: Resident,
    elder: Resident,
    new: NewCare,
    hours: OfficeHours,
    now: datetime,
) -> CareRequest:
    """Keeps a request, for oneself or for somebody who gave leave; raises consents.NoConsent."""
    if requester.id != elder.id:
        consents.require(session, elder, requester, consents.Scope.CARE)
    if not LEAST <= new.minutes <= MOST:
        raise BadCare(f"时间要在{LEAST}分钟到{MOST // 60}小时之间。")
    made = CareRequest(
        community_id=elder.community_id,
        requester_id=requester.id,
        elder_id=elder.id,
        kind=new.kind,
        time_words=new.time_words,
        minutes=new.minutes,
        notes=new.notes,
        notes_for_giver=new.notes_for_giver,
        phone=new.phone,
        state="open",
        created_at=now,
        version=1,
    )
    session.add(made)
    session.flush()
    due = hours.add(now, MATCH_MINUTES)
    _enqueue(session, source_of(made), f"时间银行：{KIND_NAMES[new.kind]}，找人", elder, due, now)
    if requester.id != elder.id:
        what = f"{KIND_NAMES[new.kind]}（{new.time_words}）"
        text = f"家人为您约了{what}。不用的话，回复“时间银行”取消。"
        _tell(session, elder.id, text, f"request:{made.id}", now)
    return made


def open_requests(session: Session, giver: CareGiver, limit: int = 6) -> list[CareRequest]:
    """What a giver may take up, the oldest first; nothing for one who is not active."""
    if giver.state != "active":
        return []
    query = select(CareRequest).where(
        CareRequest.community_id == giver.community_id,
        CareRequest.state == "open",
        CareRequest.elder_id != giver.resident_id,
        CareRequest.requester_id != giver.resident_id,
    )
    return list(session.scalars(query.order_by(CareRequest.id).limit(limit)))


def of_resident(session: Session, resident: Resident, limit: int = 6) -> list[CareRequest]:
    """The live requests in which a resident is elder, asker or giver, the newest first."""
    mine = or_(
        CareRequest.elder_id == resident.id,
        CareRequest.requester_id == resident.id,
        CareRequest.giver_id == resident.id,
    )
    query = select(CareRequest).where(mine, CareRequest.state.in_(LIVE))
    return list(session.scalars(query.order_by(CareRequest.id.desc()).limit(limit)))


def match(
    session: Session, care: CareRequest, giver: CareGiver, staff: Staff | None, now: datetime
) -> None:
    """Brings a giver to a request, by staff or (None) by the giver's own word; both are told.

    Raises BadCare for a giver who is not known, is a side of it already, or where it is taken.
    """
    if staff is not None:
        require(staff, Permission.KEEP_HELP)
    session.refresh(care, with_for_update=True)
    if care.state != "open":
        raise BadCare("这件刚刚有人接了，或者取消了。")
    if giver.state != "active" or giver.community_id != care.community_id:
        raise BadCare("要先让社区认识您，才能接。")
    if giver.resident_id in (care.elder_id, care.requester_id):
        raise BadCare("自己家的事不走时间银行。")
    care.state, care.giver_id, care.matched_at = "matched", giver.resident_id, now
    care.matched_by, care.version = (staff.id if staff else None), care.version + 1
    desk.finish(session, source_of(care), now, staff)
    if staff is not None:
        audit.record(session, now, staff, "care.match", care)
    who = neighbour_name(session.get_one(Resident, giver.resident_id))
    phone = f"，电话{giver.phone}" if giver.phone else ""
    for side in _receivers(care):
        text = f"{_title(care)}：{who}会来{phone}。办完回复“时间银行”确认时间。"
        _tell(session, side, text, f"care:{care.id}:matched:{side}", now)
    text = f"{_title(care)}定下来了。回复“时间银行”看怎么联系，办完也在那里确认时间。"
    _tell(session, giver.resident_id, text, f"care:{care.id}:yours", now)


def confirm(
    session: Session,
    care: CareRequest,
    side: Resident,
    minutes: int,
    hours: OfficeHours,
    now: datetime,
) -> bool:
    """One side says how many minutes it took; True where the hours have moved with that.

    When the two say different times staff settle it. Raises BadCare where there is nothing to
    confirm (any more), for somebody who is no side of it, or for minutes out of range.
    """
    session.refresh(care, with_for_update=True)
    if care.state != "matched":
        raise BadCare("这件现在不用确认。")
    if not LEAST <= minutes <= MOST:
        raise BadCare(f"时间要在{LEAST}分钟到{MOST // 60}小时之间。")
    if side.id == care.giver_id:
        care.giver_minutes = minutes
    elif side.id in _receivers(care):
        care.receiver_minutes = minutes
    else:
        raise BadCare("这件事里没有您。")
    care.version += 1
    if care.giver_minutes == care.receiver_minutes:
        _post(session, care, minutes, None, now)
        return True
    if care.giver_minutes is None or care.receiver_minutes is None:
        others = _receivers(care) if side.id == care.giver_id else (care.giver_id,)
        for other in filter(None, others):
            text = f"{_title(care)}：对方说用了{say_minutes(minutes)}。回复“时间银行”确认。"
            _tell(session, other, text, f"care:{care.id}:said:{care.version}:{other}", now)
        return False
    elder = session.get_one(Resident, care.elder_id)
    due = hours.add(now, MATCH_MINUTES)
    _enqueue(session, source_of(care), "时间银行：两边说的时间不一样", elder, due, now)
    return False


def settle(
    session: Session, staff: Staff, care: CareRequest, minutes: int, reason: str, now: datetime
) -> None:
    """Staff say how many minutes count, having heard both; raises BadCare without a reason."""
    require(staff, Permission.KEEP_HELP)
    session.refresh(care, with_for_update=True)
    if care.state != "matched":
        raise BadCare("这件现在不用确认")
    if not reason.strip():
        raise BadCare("请写依据，两边都会看到")
    if not LEAST <= minutes <= MOST:
        raise BadCare(f"时间要在 {LEAST} 到 {MOST} 分钟之间")
    _post(session, care, minutes, staff, now)
    audit.record(session, now, staff, "care.settle", care, reason=reason.strip())


def cancel(session: Session, care: CareRequest, by: Resident | Staff, now: datetime) -> None:
    """A side steps back: the giver gives it free again, everybody else ends it."""
    if isinstance(by, Staff):
        require(by, Permission.KEEP_HELP)
    session.refresh(care, with_for_update=True)
    if care.state not in LIVE:
        raise BadCare("这件已经结束了。")
    told = {*_receivers(care), care.giver_id} - {None, getattr(by, "id", None)}
    if isinstance(by, Resident) and by.id == care.giver_id:
        care.state, care.giver_id, care.matched_at = "open", None, None
        words = "来的邻居来不了了，再帮您找人"
        _reopen(session, care, now)
    else:
        care.state = "cancelled"
        care.notes = care.phone = None
        words = "取消了"
        desk.finish(session, source_of(care), now, by if isinstance(by, Staff) else None)
    care.giver_minutes = care.receiver_minutes = None
    care.version += 1
    for side in sorted(filter(None, told)):
        text = f"{_title(care)}：{words}。"
        _tell(session, side, text, f"care:{care.id}:off:{care.version}:{side}", now)


def expire(session: Session, now: datetime) -> int:
    """Ends requests for which nobody was found; returns how many."""
    old = session.scalars(
        select(CareRequest)
        .where(CareRequest.state == "open", CareRequest.created_at <= now - LIFE)
        .with_for_update(skip_locked=True)
    ).all()
    for care in old:
        care.state = "expired"
        care.notes = care.phone = None
        desk.finish(session, source_of(care), now)
        text = f"{_title(care)}：两周没找到人，先停了，对不住。还需要可以再约。"
        _tell(session, care.requester_id, text, f"care:{care.id}:expired", now)
    return len(old)


def listed(session: Session, staff: Staff, *, live: bool = True) -> list[CareRequest]:
    """The requests of the communities in scope: live ones the oldest first, else the newest."""
    query = select(CareRequest).where(CareRequest.community_id.in_(scope.communities(staff)))
    if live:
        query = query.where(CareRequest.state.in_(LIVE)).order_by(CareRequest.id)
    else:
        query = query.where(CareRequest.state.not_in(LIVE)).order_by(CareRequest.id.desc())
    return list(session.scalars(query.limit(200)))


def givers(session: Session, staff: Staff) -> list[CareGiver]:
    """The givers of the communities in scope, those who wait first."""
    query = select(CareGiver).where(CareGiver.community_id.in_(scope.communities(staff)))
    return list(session.scalars(query.order_by(CareGiver.state.desc(), CareGiver.id)))


def find(session: Session, staff: Staff, care_id: int) -> CareRequest | None:
    """A request of a community in scope."""
    return session.scalar(
        select(CareRequest).where(
            CareRequest.id == care_id, CareRequest.community_id.in_(scope.communities(staff))
        )
    )


def find_giver(session: Session, staff: Staff, giver_id: int) -> CareGiver | None:
    """A giver of a community in scope."""
    return session.scalar(
        select(CareGiver).where(
            CareGiver.id == giver_id, CareGiver.community_id.in_(scope.communities(staff))
        )
    )


def source_of(care: CareRequest) -> str:
    """The name under which a request waits in the queue."""
    return f"care:{care.id}"


def say_minutes(minutes: int) -> str:
    """A time as one says it: 2小时30分, 45分钟."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest}分钟"
    return f"{whole}小时{rest}分" if rest else f"{whole}小时"


def _post(
    session: Session, care: CareRequest, minutes: int, staff: Staff | None, now: datetime
) -> None:
    giver = session.get_one(Resident, care.giver_id)
    care.paid_by = _pay(session, care, giver, minutes, staff, now)
    care.state, care.settled_minutes, care.done_at = "done", minutes, now
    care.notes = care.phone = None
    care.version += 1
    desk.finish(session, source_of(care), now, staff)
    for side in sorted({*_receivers(care), giver.id}):
        kept = "记到您账上了" if side == giver.id else f"记给对方了，由{PAYERS[care.paid_by]}出"
        text = f"{_title(care)}办好了，{say_minutes(minutes)}{kept}。"
        _tell(session, side, text, f"care:{care.id}:done:{side}", now)


def _pay(
    session: Session,
    care: CareRequest,
    giver: Resident,
    minutes: int,
    staff: Staff | None,
    now: datetime,
) -> str:
    """Moves the hours, once for each request; returns who paid."""
    what = (Unit.HOURS, minutes, source_of(care), f"时间银行：{KIND_NAMES[care.kind]}", now)
    for name, number in (("own", care.elder_id), ("family", care.requester_id)):
        payer = session.get_one(Resident, number)
        try:
            ledger.transfer(session, payer, giver, *what, actor=staff)
        except ledger.Insufficient:
            continue
        return name
    ledger.credit(session, giver, *what, actor=staff)
    return "fund"


def _receivers(care: CareRequest) -> tuple[int, ...]:
    return tuple(dict.fromkeys((care.elder_id, care.requester_id)))


def _title(care: CareRequest) -> str:
    return f"“{KIND_NAMES[care.kind]}·{care.time_words[:14]}”"


def _giver_source(giver: CareGiver) -> str:
    return f"care-giver:{giver.id}"


def _reopen(session: Session, care: CareRequest, now: datetime) -> None:
    elder = session.get_one(Resident, care.elder_id)
    title = f"时间银行：{KIND_NAMES[care.kind]}，重新找人"
    _enqueue(session, source_of(care), title, elder, now + timedelta(hours=4), now)


def _enqueue(
    session: Session, source: str, title: str, about: Resident, due: datetime, now: datetime
) -> None:
    subject = desk.Subject(
        community_id=about.community_id,
        place_path=home_path(session, about) or community_place(session, about.community_id).path,
        link="/console/care",
        needs=Permission.KEEP_HELP,
    )
    desk.put(session, desk.ItemKind.CARE, source, title, subject, due=due, now=now)


def _tell(session: Session, resident_id: int, text: str, source: str, now: datetime) -> None:
    resident = session.get_one(Resident, resident_id)
    outbox.post(session, resident, text, source=f"care:{source}", now=now)
