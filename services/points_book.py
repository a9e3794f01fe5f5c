"""The points of a community as a workbook for the staff: balances, entries, redemptions."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

import openpyxl
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import points_people
from services.calendar import CHINA
from services.ledger_accounts import UNIT_NAMES, Unit
from services.redemptions import STATE_NAMES
from storage.ledger import LedgerAccount, LedgerEntry
from storage.points import Goods, Redemption

LAST_ENTRIES = 20_000
_KINDS = {
    "credit": "发放",
    "transfer": "转移",
    "withdraw": "扣减",
    "reserve": "预留",
    "return": "退回",
    "settle": "兑付",
    "expire": "到期",
    "reverse": "冲正",
}
_OWNERS = {
    "issue": "社区发放",
    "reserve": "待领取",
    "redeemed": "已兑付",
    "expired": "已到期",
    "withdrawn": "已扣减",
}


def workbook(session: Session, community_id: int) -> bytes:
    """An XLSX file; names are masked, texts can be no formulas."""
    book = openpyxl.Workbook()
    accounts = session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.community_id == community_id)
        .order_by(LedgerAccount.id)
    ).all()
    people = points_people.names(session, {one.resident_id for one in accounts if one.resident_id})
    named = {one.id: _name(one, people) for one in accounts}
    first = book.active
    assert first is not None  # noqa: S101 - a new workbook has a sheet
    book.remove(first)
    balances = ((named[one.id], UNIT_NAMES[Unit(one.unit)], one.balance) for one in accounts)
    _sheet(book, "余额", ("账户", "单位", "余额"), balances)
    header = ("编号", "时间", "种类", "单位", "数量", "从", "到", "事由", "哈希")
    _sheet(book, "分录", header, _entries(session, community_id, named))
    titles = ("时间", "居民", "商品", "积分", "状态", "领取截止")
    _sheet(book, "兑换", titles, _redemptions(session, community_id))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _name(account: LedgerAccount, people: dict[int, str]) -> str:
    if account.resident_id:
        return f"{people.get(account.resident_id, '')} #{account.resident_id}"
    if account.household_id:
        return f"家庭 {account.household_id}"
    return _OWNERS[account.kind]


def _entries(
    session: Session, community_id: int, named: dict[int, str]
) -> Iterable[tuple[object, ...]]:
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.community_id == community_id)
        .order_by(LedgerEntry.number.desc())
        .limit(LAST_ENTRIES)
    )
    for entry in session.scalars(query):
        yield (
            entry.number,
            _stamp(entry.at),
            _KINDS[entry.kind],
            UNIT_NAMES[Unit(entry.unit)],
            entry.amount,
            named[entry.from_account_id],
            named[entry.to_account_id],
            entry.reason,
            entry.hash,
        )


def _redemptions(session: Session, community_id: int) -> Iterable[tuple[object, ...]]:
    query = (
        select(Redemption, Goods.name)
        .join(Goods, Goods.id == Redemption.goods_id)
        .where(Redemption.community_id == community_id)
        .order_by(Redemption.id.desc())
        .limit(LAST_ENTRIES)
    )
    found = session.execute(query).all()
    people = points_people.names(session, {row.resident_id for row, _ in found})
    for row, name in found:
        state = STATE_NAMES[row.state]
        yield (
            _stamp(row.created_at),
            people[row.resident_id],
            name,
            row.points,
            state,
            _stamp(row.until),
        )


def _sheet(
    book: openpyxl.Workbook,
    title: str,
    header: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> None:
    sheet = book.create_sheet(title)
    sheet.append(header)
    for row in rows:
        sheet.append([_plain(cell) for cell in row])
    sheet.freeze_panes = "A2"


def _plain(cell: object) -> object:
    """A cell that no spreadsheet program takes for a formula."""
    risky = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t"))
    return f"'{cell}" if risky else cell


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
