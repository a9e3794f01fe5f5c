"""Confidential tip-offs (监督举报) about public money and the conduct of those who serve here.

There is one door for them (`handlers/tip.py`): encrypted, with a receipt, outside of the cases.
Only reviewers and administrators read them; the author alone hears how far they are. Who wants to
stay unknown leaves no name: the receipt is then the only way back. An everyday complaint that the
report form recognises as one about the staff is a case of the kind 监督举报 with the same readers;
`cases` lists it beside them, so that what is said about the staff stands in one place.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services import audit, desk, outbox, scope
from services.access import Permission, require, visible_cases
from services.calendar import OfficeHours
from services.confidence import Confidence, is_in_hand
from services.places import community_path
from storage.cases import Case
from storage.communities import Community
from storage.information import TipOff
from storage.residents import Resident
from storage.staff import Staff

STATE_NAMES = {"received": "已收到", "checking": "核查中", "settled": "已办结"}
NEXT = {"received": ("checking", "settled"), "checking": ("settled",), "settled": ()}
TIME_TO_LOOK = 1080
"""Working minutes within which a tip-off is taken up: two working days."""
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECEIPT = re.compile(rf"JB[{_SIGNS}]{{4}}-?[{_SIGNS}]{{4}}", re.IGNORECASE)


class BadTipOff(Exception):
    """The decision cannot be taken; the message says why."""


class StaleTipOff(Exception):
    """A colleague has gone on with it meanwhile."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells; `author` is None for one who wants to stay unknown."""

    text: str
    author: Resident | None
    contact: str | None = None


def leave(
    session: Session, community: Community, told: Told, hours: OfficeHours, now: datetime
) -> TipOff:
    """Stores a tip-off and puts it before those who may read it."""
    tip = TipOff(
        community_id=community.id,
        receipt=_new_receipt(),
        resident_id=told.author.id if told.author else None,
        text=told.text,
        contact=told.contact,
        state="received",
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(tip)
    session.flush()
    subject = desk.Subject(
        community_id=community.id,
        place_path=community_path(session, community.id),
        link=f"/console/tips/{tip.id}",
        needs=Permission.APPROVE,
    )
    due = hours.add(now, TIME_TO_LOOK)
    desk.put(session, desk.ItemKind.TIP, source_of(tip), "一条保密举报", subject, due=due, now=now)
    return tip


def by_receipt(session: Session, resident: Resident, receipt: str) -> TipOff | None:
    """The tip-off of that receipt: an unnamed one, or the resident's own."""
    plain = receipt.upper().replace("-", "")
    found = session.scalar(
        select(TipOff).where(TipOff.receipt == plain, TipOff.community_id == resident.community_id)
    )
    return found if found and found.resident_id in (None, resident.id) else None


def own(session: Session, resident: Resident) -> list[TipOff]:
    """What the resident told under their name, the newest first."""
    query = select(TipOff).where(TipOff.resident_id == resident.id)
    return list(session.scalars(query.order_by(TipOff.id.desc()).limit(5)))


def go_on(
    session: Session,
    staff: Staff,
    tip: TipOff,
    version: int,
    state: str,
    result: str,
    now: datetime,
) -> None:
    """Moves a tip-off on; the author hears of it, in words without the matter.

    Raises Forbidden, StaleTipOff, and BadTipOff for a step back or an end without a result.
    """
    _require(session, staff, tip)
    if tip.version != version:
        raise StaleTipOff("同事刚刚处理过，请看过再继续")
    if state not in NEXT[tip.state]:
        raise BadTipOff("不能改成这个状态")
    if state == "settled" and not result.strip():
        raise BadTipOff("办结要写明结果，举报人会看到")
    tip.state, tip.version, tip.updated_at = state, version + 1, now
    tip.result = result.strip() or tip.result
    if state == "settled":
        desk.finish(session, source_of(tip), now, staff)
    audit.record(session, now, staff, f"tip_off.{state}", tip)
    if tip.resident_id is not None:
        _tell(session, tip, now)


def show_contact(
    session: Session, staff: Staff, tip: TipOff, reason: str, now: datetime
) -> str | None:
    """How the author may be reached; the look is recorded with its reason."""
    _require(session, staff, tip)
    if not reason.strip():
        raise BadTipOff("查看联系方式要写明原因")
    audit.record(session, now, staff, "tip_off.contact", tip, reason=reason.strip())
    return tip.contact


def find(session: Session, staff: Staff, tip_id: int) -> TipOff | None:
    """A tip-off in the scope of `staff`."""
    return session.scalar(_in_scope(staff).where(TipOff.id == tip_id))


def kept(session: Session, staff: Staff, limit: int = 200) -> list[TipOff]:
    """The tip-offs in scope, open ones first."""
    query = _in_scope(staff).order_by(TipOff.state == "settled", TipOff.id.desc())
    return list(session.scalars(query.limit(limit)))


def cases(session: Session, staff: Staff, limit: int = 100) -> list[Case]:
    """The cases of this kind that `staff` may see, those in hand first."""
    query = select(Case).where(visible_cases(staff), Case.confidential == Confidence.TIP_OFF.value)
    return list(session.scalars(query.order_by(~is_in_hand(), Case.id.desc()).limit(limit)))


def said(tip: TipOff) -> str:
    """How far it is, for its author: JBAB2C-D3EF 核查中."""
    return f"{shown(tip.receipt)}：{STATE_NAMES[tip.state]}"


def shown(receipt: str) -> str:
    """A receipt as it is read out: JBAB2C-D3EF."""
    return f"{receipt[:6]}-{receipt[6:]}"


def source_of(tip: TipOff) -> str:
    """The name under which it waits in the queue."""
    return f"tip:{tip.id}"


def _in_scope(staff: Staff) -> Select[TipOff]:
    return select(TipOff).where(TipOff.community_id.in_(scope.communities(staff)))


def _require(session: Session, staff: Staff, tip: TipOff) -> None:
    require(staff, Permission.APPROVE, community_path(session, tip.community_id))


def _tell(session: Session, tip: TipOff, now: datetime) -> None:
    author = session.get_one(Resident, tip.resident_id)
    text = f"您的反映有了进展：{said(tip)}。回复“我的举报”看结果。"
    outbox.post(session, author, text, source=f"tip:{tip.id}:{tip.version}", now=now)


def _new_receipt() -> str:
    return "JB" + "".join(secrets.choice(_SIGNS) for _ in range(8))
