"""The goods that points buy: name, price in points, stock, how many a household may have."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require
from services.bad_field import BadField
from services.ledger_accounts import hold
from services.scope import communities
from storage.points import Goods
from storage.staff import Staff

MOST = 100_000


class BadGoods(BadField):
    """Goods that cannot be kept like this; `field` names the field of the form."""


class StaleGoods(Exception):
    """Somebody has changed these goods meanwhile."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on the shelf; `price` in points, `per_quarter` 0 for any number."""

    name: str
    price: int
    stock: int
    per_quarter: int = 0
    description: str = ""
    place: str = ""


def add(
    session: Session, staff: Staff | None, community_id: int, label: Label, now: datetime
) -> Goods:
    """Puts new goods on the shelf; raises BadGoods, Forbidden. `staff` None for what is shipped."""
    if staff is not None:
        require(staff, Permission.KEEP_POINTS)
    _check(label)
    row = Goods(community_id=community_id, version=1, active=True, created_at=now)
    _write(row, label)
    session.add(row)
    session.flush()
    audit.record(session, now, staff, "goods.add", row, after=asdict(label))
    return row


def change(
    session: Session, staff: Staff, row: Goods, label: Label, version: int, now: datetime
) -> None:
    """Changes goods; `version` is the one that was on the screen, so that a piece reserved
    meanwhile is not counted again. Raises BadGoods, StaleGoods, Forbidden.
    """
    require(staff, Permission.KEEP_POINTS)
    _check(label)
    _hold(session, row)
    if row.version != version:
        raise StaleGoods("刚刚有人兑换或同事改过，库存变了，请看新的数字再改")
    before = _plain(row)
    _write(row, label)
    row.version += 1
    audit.record(session, now, staff, "goods.change", row, before=before, after=asdict(label))


def set_active(session: Session, staff: Staff, row: Goods, active: bool, now: datetime) -> None:
    """Takes goods off the shelf or back onto it; what is reserved stays reserved."""
    require(staff, Permission.KEEP_POINTS)
    _hold(session, row)
    row.active = active
    row.version += 1
    audit.record(session, now, staff, "goods.active", row, after={"active": active})


def _hold(session: Session, row: Goods) -> None:
    hold(session, row.community_id)
    session.refresh(row)


def _check(label: Label) -> None:
    if not label.name.strip():
        raise BadGoods("name", "请写名称，居民会看到")
    for field, least in (("price", 1), ("stock", 0), ("per_quarter", 0)):
        if not least <= getattr(label, field) <= MOST:
            raise BadGoods(field, f"填 {least} 到 {MOST} 的整数")


def _write(row: Goods, label: Label) -> None:
    row.name, row.description = label.name.strip()[:24], label.description.strip()[:120]
    row.price, row.stock, row.per_quarter = label.price, label.stock, label.per_quarter
    row.place = label.place.strip()[:80]


def _plain(row: Goods) -> dict[str, str | int]:
    return {"name": row.name, "price": row.price, "stock": row.stock}


def shelf(session: Session, community_id: int, *, active_only: bool = True) -> list[Goods]:
    """What there is, the cheapest first; sold out included, for it may come back."""
    query = select(Goods).where(Goods.community_id == community_id)
    if active_only:
        query = query.where(Goods.active.is_(True))
    return list(session.scalars(query.order_by(Goods.price, Goods.id)))


def find(session: Session, staff: Staff, goods_id: int) -> Goods | None:
    """Goods of a community in the scope of `staff`."""
    return session.scalar(
        select(Goods).where(Goods.id == goods_id, Goods.community_id.in_(communities(staff)))
    )
