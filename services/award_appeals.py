"""Against a deduction (申诉), and what was granted by mistake: taken back by a new entry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, desk, ledger, outbox
from services.access import Permission, require
from services.awards import AwardRefusal, enqueue, source_of, still
from services.calendar import OfficeHours
from services.ledger_accounts import hold
from storage.ledger import LedgerEntry
from storage.points import PointAward
from storage.residents import Resident
from storage.staff import Staff


def appealable(session: Session, resident: Resident) -> list[PointAward]:
    """The deductions that a resident may still appeal, the newest first."""
    query = select(PointAward).where(
        PointAward.resident_id == resident.id,
        PointAward.amount < 0,
        PointAward.state == "granted",
        PointAward.appeal == "",
    )
    return list(session.scalars(query.order_by(PointAward.id.desc()).limit(5)))


def appeal(
    session: Session,
    resident: Resident,
    award_id: int,
    words: str,
    hours: OfficeHours,
    now: datetime,
) -> datetime:
    """Takes the appeal of a deduction; returns by when it is decided. Raises AwardRefusal."""
    hold(session, resident.community_id)
    made = next((one for one in appealable(session, resident) if one.id == award_id), None)
    if made is None:
        raise AwardRefusal("这一笔不能再申诉了")
    made.state, made.appeal = "appealed", words.strip()[:500] or "请再看看"
    return enqueue(session, made, f"积分申诉：{made.appeal}", hours, now)


def settle_appeal(
    session: Session, staff: Staff, made: PointAward, keep: bool, reason: str, now: datetime
) -> None:
    """Decides an appeal: the deduction stays, or comes back by a new entry.

    Raises AwardRefusal for who made the deduction and without a reason; Forbidden.
    """
    require(staff, Permission.KEEP_POINTS)
    still(session, made, "appealed")
    if staff.id in (made.proposed_by, made.decided_by):
        raise AwardRefusal("申诉要由没有经手过的同事来看")
    if not reason.strip():
        raise AwardRefusal("请写明理由，居民会看到")
    made.decided_by, made.decided_at, made.decision = staff.id, now, reason.strip()
    made.state = "upheld" if keep else "reversed"
    if not keep:
        _reverse(session, staff, made, "申诉成立，退回", now)
    desk.finish(session, source_of(made), now, staff)
    audit.record(session, now, staff, f"points.{made.state}", made, reason=reason.strip())
    resident = session.get_one(Resident, made.resident_id)
    what = "维持原来的扣分" if keep else f"{-made.amount} 分已经退回"
    text = f"您的积分申诉有结果了：{what}。理由：{reason.strip()}"
    outbox.post(session, resident, text, source=f"award-appeal:{made.id}", now=now)


def take_back(session: Session, staff: Staff, made: PointAward, reason: str, now: datetime) -> None:
    """Takes back what was granted by mistake, by a new entry; the resident hears of it.

    Raises AwardRefusal, Insufficient where the points are spent already, Forbidden.
    """
    require(staff, Permission.KEEP_POINTS)
    still(session, made, "granted")
    if not reason.strip():
        raise AwardRefusal("请写明冲回的原因，居民会看到")
    _reverse(session, staff, made, "登记更正", now)
    made.state, made.decision, made.decided_at = "reversed", reason.strip(), now
    made.decided_by = staff.id
    audit.record(session, now, staff, "points.reversed", made, reason=reason.strip())
    resident = session.get_one(Resident, made.resident_id)
    text = f"有一笔积分登记有误，已更正（{-made.amount:+d} 分）。原因：{reason.strip()}"
    outbox.post(session, resident, text, source=f"award-back:{made.id}", now=now)


def _reverse(session: Session, staff: Staff, made: PointAward, reason: str, now: datetime) -> None:
    ledger.reverse(session, session.get_one(LedgerEntry, made.entry_id), reason, staff, now)
