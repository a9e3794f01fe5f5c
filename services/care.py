"""The time bank (助老爱心储蓄): care for the elderly, paid in hours that the giver keeps.

A request is matched by staff or taken up by a known giver (`care_givers`); afterwards both sides
say how many minutes it took, and the hours move (`care_settling`). Amounts are whole minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services import audit, consents, desk, outbox, scope
from services.access import Permission, require
from services.calendar import OfficeHours
from services.places import community_path
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
    enqueue(session, source_of(made), f"时间银行：{KIND_NAMES[new.kind]}，找人", elder, due, now)
    if requester.id != elder.id:
        what = f"{KIND_NAMES[new.kind]}（{new.time_words}）"
        text = f"家人为您约了{what}。不用的话，回复“时间银行”取消。"
        tell(session, elder.id, text, f"request:{made.id}", now)
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
    for side in receivers(care):
        text = f"{label(care)}：{who}会来{phone}。办完回复“时间银行”确认时间。"
        tell(session, side, text, f"care:{care.id}:matched:{side}", now)
    text = f"{label(care)}定下来了。回复“时间银行”看怎么联系，办完也在那里确认时间。"
    tell(session, giver.resident_id, text, f"care:{care.id}:yours", now)


def cancel(session: Session, care: CareRequest, by: Resident | Staff, now: datetime) -> None:
    """A side steps back: the giver gives it free again, everybody else ends it."""
    if isinstance(by, Staff):
        require(by, Permission.KEEP_HELP)
    session.refresh(care, with_for_update=True)
    if care.state not in LIVE:
        raise BadCare("这件已经结束了。")
    told = {*receivers(care), care.giver_id} - {None, getattr(by, "id", None)}
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
        text = f"{label(care)}：{words}。"
        tell(session, side, text, f"care:{care.id}:off:{care.version}:{side}", now)


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
        text = f"{label(care)}：两周没找到人，先停了，对不住。还需要可以再约。"
        tell(session, care.requester_id, text, f"care:{care.id}:expired", now)
    return len(old)


def listed(session: Session, staff: Staff, *, live: bool = True) -> list[CareRequest]:
    """The requests of the communities in scope: live ones the oldest first, else the newest."""
    query = select(CareRequest).where(CareRequest.community_id.in_(scope.communities(staff)))
    if live:
        query = query.where(CareRequest.state.in_(LIVE)).order_by(CareRequest.id)
    else:
        query = query.where(CareRequest.state.not_in(LIVE)).order_by(CareRequest.id.desc())
    return list(session.scalars(query.limit(200)))


def find(session: Session, staff: Staff, care_id: int) -> CareRequest | None:
    """A request of a community in scope."""
    return session.scalar(
        select(CareRequest).where(
            CareRequest.id == care_id, CareRequest.community_id.in_(scope.communities(staff))
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


def receivers(care: CareRequest) -> tuple[int, ...]:
    """The numbers of the elder and of who asked for them; one where they are the same."""
    return tuple(dict.fromkeys((care.elder_id, care.requester_id)))


def label(care: CareRequest) -> str:
    """What messages call a request: “陪诊·周三上午”."""
    return f"“{KIND_NAMES[care.kind]}·{care.time_words[:14]}”"


def _reopen(session: Session, care: CareRequest, now: datetime) -> None:
    elder = session.get_one(Resident, care.elder_id)
    title = f"时间银行：{KIND_NAMES[care.kind]}，重新找人"
    enqueue(session, source_of(care), title, elder, now + timedelta(hours=4), now)


def enqueue(
    session: Session, source: str, title: str, about: Resident, due: datetime, now: datetime
) -> None:
    """Puts something about the time bank before the staff who keep help."""
    subject = desk.Subject(
        community_id=about.community_id,
        place_path=home_path(session, about) or community_path(session, about.community_id),
        link="/console/care",
        needs=Permission.KEEP_HELP,
    )
    desk.put(session, desk.ItemKind.CARE, source, title, subject, due=due, now=now)


def tell(session: Session, resident_id: int, text: str, source: str, now: datetime) -> None:
    """Tells one side; `source` names the occasion, for which they are told once."""
    resident = session.get_one(Resident, resident_id)
    outbox.post(session, resident, text, source=f"care:{source}", now=now)
