"""How many minutes of care it took: both sides say it, or staff settle it, and the hours move.

They move once, from the elder's account, that of the relative who asked, or the community's fund.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import audit, desk, ledger
from services.access import Permission, require
from services.calendar import OfficeHours
from services.care import (
    KIND_NAMES,
    LEAST,
    MATCH_MINUTES,
    MOST,
    BadCare,
    enqueue,
    label,
    receivers,
    say_minutes,
    source_of,
    tell,
)
from services.ledger import Unit
from storage.care import CareRequest
from storage.residents import Resident
from storage.staff import Staff

PAYERS = {"own": "老人自己", "family": "家人", "fund": "社区"}


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
    elif side.id in receivers(care):
        care.receiver_minutes = minutes
    else:
        raise BadCare("这件事里没有您。")
    care.version += 1
    if care.giver_minutes == care.receiver_minutes:
        _post(session, care, minutes, None, now)
        return True
    if care.giver_minutes is None or care.receiver_minutes is None:
        others = receivers(care) if side.id == care.giver_id else (care.giver_id,)
        for other in filter(None, others):
            text = f"{label(care)}：对方说用了{say_minutes(minutes)}。回复“时间银行”确认。"
            tell(session, other, text, f"care:{care.id}:said:{care.version}:{other}", now)
        return False
    elder = session.get_one(Resident, care.elder_id)
    due = hours.add(now, MATCH_MINUTES)
    enqueue(session, source_of(care), "时间银行：两边说的时间不一样", elder, due, now)
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


def _post(
    session: Session, care: CareRequest, minutes: int, staff: Staff | None, now: datetime
) -> None:
    giver = session.get_one(Resident, care.giver_id)
    care.paid_by = _pay(session, care, giver, minutes, staff, now)
    care.state, care.settled_minutes, care.done_at = "done", minutes, now
    care.notes = care.phone = None
    care.version += 1
    desk.finish(session, source_of(care), now, staff)
    for side in sorted({*receivers(care), giver.id}):
        kept = "记到您账上了" if side == giver.id else f"记给对方了，由{PAYERS[care.paid_by]}出"
        text = f"{label(care)}办好了，{say_minutes(minutes)}{kept}。"
        tell(session, side, text, f"care:{care.id}:done:{side}", now)


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
