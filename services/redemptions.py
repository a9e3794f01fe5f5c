"""Redemption: points and a piece of goods are reserved together, then handed over or given back.

Both move in one transaction, so that whatever fails leaves either both or neither. The points lie
in the reserve of the community between reserving and handing over.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from services import audit, outbox
from services.access import Permission, require
from services.calendar import CHINA, say_moment
from services.ledger_accounts import REDEEMED, RESERVE, Unit, hold, landing, owner_of
from services.ledger_accounts import account as open_account
from services.ledger_posting import Kind, LedgerRefusal, Movement, owner_at, post
from services.pickup_codes import new_code, say_code
from services.points_terms import terms_of
from storage.ledger import LedgerEntry
from storage.points import Goods, Redemption
from storage.residents import Resident
from storage.staff import Staff

STATE_NAMES = {
    "reserved": "待领取",
    "handed": "已领取",
    "cancelled": "已取消",
    "lapsed": "过期退回",
}
COUNTS = ("reserved", "handed")
REMIND_BEFORE = timedelta(days=1)
CLOSING = time(18)


class SoldOut(LedgerRefusal):
    """There is no piece left."""


class LimitReached(LedgerRefusal):
    """This purse has had as many as it may in this quarter."""


class NotReserved(LedgerRefusal):
    """This redemption has been dealt with already."""


def quarter_of(moment: datetime) -> str:
    """The quarter of a moment in China: 2026Q1."""
    local = moment.astimezone(CHINA)
    return f"{local.year}Q{(local.month + 2) // 3}"


def reserve(
    session: Session, resident: Resident, goods_id: int, source: str, now: datetime
) -> Redemption:
    """Reserves one piece; the same source gives the first redemption.

    Raises SoldOut, LimitReached, Insufficient.
    """
    community_id = resident.community_id
    hold(session, community_id)
    found = _by_source(session, community_id, source)
    if found is not None:
        return found
    row = _goods(session, community_id, goods_id)
    if row is None or not row.active or row.stock < 1:
        raise SoldOut("这件刚刚换完了" if row else "没有这件东西")
    giver = owner_of(session, resident, Unit.POINTS)
    purse = open_account(session, community_id, Unit.POINTS, giver, now)
    _check_limit(session, row, purse.id, now)
    made = Movement(
        Unit.POINTS,
        Kind.RESERVE,
        giver,
        RESERVE,
        row.price,
        f"redeem:{source}",
        row.name,
        resident,
    )
    entry = post(session, community_id, made, now)
    row.stock -= 1
    row.version += 1
    redemption = Redemption(
        community_id=community_id,
        goods_id=row.id,
        resident_id=resident.id,
        account_id=purse.id,
        source=source[:64],
        points=row.price,
        quarter=quarter_of(now),
        code=new_code(lambda code: _taken(session, community_id, code)),
        state="reserved",
        reserve_entry_id=entry.id,
        until=_until(terms_of(session, community_id).pickup_days, now),
        created_at=now,
    )
    session.add(redemption)
    session.flush()
    return redemption


def _check_limit(session: Session, row: Goods, account_id: int, now: datetime) -> None:
    if not row.per_quarter:
        return
    had = session.scalar(
        select(func.count(Redemption.id)).where(
            Redemption.account_id == account_id,
            Redemption.goods_id == row.id,
            Redemption.quarter == quarter_of(now),
            Redemption.state.in_(COUNTS),
        )
    )
    if int(had or 0) >= row.per_quarter:
        raise LimitReached(f"“{row.name}”每季度每户最多换 {row.per_quarter} 件，这季度已经换满了")


def _until(days: int, now: datetime) -> datetime:
    """Closing time of the last day on which the goods are kept."""
    last = now.astimezone(CHINA).date() + timedelta(days=days)
    return datetime.combine(last, CLOSING, CHINA)


def cancel(session: Session, redemption: Redemption, now: datetime) -> None:
    """Gives points and goods back because the resident does not want them; raises NotReserved."""
    _fresh(session, redemption)
    _give_back(session, redemption, "cancelled", "取消兑换", now)


def cancel_for(session: Session, staff: Staff, redemption: Redemption, now: datetime) -> None:
    """The same at the counter, for a resident who says so; raises NotReserved, Forbidden."""
    require(staff, Permission.KEEP_POINTS)
    cancel(session, redemption, now)
    audit.record(session, now, staff, "goods.cancel", redemption)
    text = f"按您的意思，兑换已取消，{redemption.points} 分退回了您的账户。"
    _tell(session, redemption, text, "cancelled", now)


def hand_over(session: Session, staff: Staff, redemption: Redemption, now: datetime) -> None:
    """Settles what was handed over against its code; raises NotReserved, Forbidden."""
    require(staff, Permission.KEEP_POINTS)
    _fresh(session, redemption)
    resident = session.get_one(Resident, redemption.resident_id)
    row = session.get_one(Goods, redemption.goods_id)
    made = Movement(
        Unit.POINTS,
        Kind.SETTLE,
        RESERVE,
        REDEEMED,
        redemption.points,
        f"settle:{redemption.id}",
        row.name,
        resident,
        staff,
    )
    redemption.final_entry_id = post(session, redemption.community_id, made, now).id
    redemption.state, redemption.done_at, redemption.done_by = "handed", now, staff.id
    audit.record(session, now, staff, "goods.hand_over", redemption)
    text = f"您换的“{row.name}”已领取，用了 {redemption.points} 分。"
    outbox.post(session, resident, text, source=f"redemption:{redemption.id}:handed", now=now)


def lapse_due(session: Session, now: datetime, limit: int = 50) -> int:
    """Gives back what nobody has picked up in time, and tells them; returns how many."""
    due = select(Redemption).where(Redemption.state == "reserved", Redemption.until <= now)
    lapsed = 0
    for redemption in session.scalars(due.order_by(Redemption.id).limit(limit)).all():
        hold(session, redemption.community_id)
        session.refresh(redemption)
        if redemption.state != "reserved":
            continue
        _give_back(session, redemption, "lapsed", "过期未领，退回", now)
        row = session.get_one(Goods, redemption.goods_id)
        text = f"“{row.name}”没有来领，{redemption.points} 分已经退回您的账户。还想要可以再换。"
        _tell(session, redemption, text, "lapsed", now)
        lapsed += 1
    return lapsed


def remind_due(session: Session, now: datetime, limit: int = 50) -> int:
    """Reminds those whose goods are kept for less than a day; returns how many."""
    due = select(Redemption).where(
        Redemption.state == "reserved",
        Redemption.reminded.is_(False),
        Redemption.until <= now + REMIND_BEFORE,
        Redemption.until > now,
    )
    found = session.scalars(due.limit(limit).with_for_update(skip_locked=True)).all()
    for redemption in found:
        row = session.get_one(Goods, redemption.goods_id)
        text = (
            f"您换的“{row.name}”请在{say_moment(redemption.until, now)}前来领，"
            f"取货码 {say_code(redemption.code)}。过时会退回积分。"
        )
        redemption.reminded = True
        _tell(session, redemption, text, "reminded", now)
    return len(found)


def _tell(session: Session, redemption: Redemption, text: str, what: str, now: datetime) -> None:
    resident = session.get_one(Resident, redemption.resident_id)
    outbox.post(session, resident, text, source=f"redemption:{redemption.id}:{what}", now=now)


def _give_back(
    session: Session, redemption: Redemption, state: str, reason: str, now: datetime
) -> None:
    reserved = session.get_one(LedgerEntry, redemption.reserve_entry_id)
    row = _goods(session, redemption.community_id, redemption.goods_id)
    assert row is not None  # noqa: S101 - goods are never removed
    resident = session.get_one(Resident, redemption.resident_id)
    giver = owner_at(session, reserved.from_account_id)
    made = Movement(
        Unit.POINTS,
        Kind.RETURN,
        RESERVE,
        landing(session, giver, Unit.POINTS, resident),
        redemption.points,
        f"return:{redemption.id}",
        f"{row.name}：{reason}",
        resident,
        reverses=reserved,
    )
    redemption.final_entry_id = post(session, redemption.community_id, made, now).id
    row.stock += 1
    row.version += 1
    redemption.state, redemption.done_at = state, now
    session.flush()


def _fresh(session: Session, redemption: Redemption) -> None:
    hold(session, redemption.community_id)
    session.refresh(redemption)
    if redemption.state != "reserved":
        raise NotReserved(f"这一笔{STATE_NAMES[redemption.state]}，不用再办")


def _goods(session: Session, community_id: int, goods_id: int) -> Goods | None:
    query = select(Goods).where(Goods.id == goods_id, Goods.community_id == community_id)
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def _taken(session: Session, community_id: int, code: str) -> bool:
    waits = exists().where(
        Redemption.community_id == community_id,
        Redemption.code == code,
        Redemption.state == "reserved",
    )
    return bool(session.scalar(select(waits)))


def _by_source(session: Session, community_id: int, source: str) -> Redemption | None:
    return session.scalar(
        select(Redemption).where(
            Redemption.community_id == community_id, Redemption.source == source[:64]
        )
    )
