"""Public tables in editions: the lists of services (清单) and the use of funds (惠民资金).

An edition is written or imported as a whole, looked at by a second person, and takes the place of
the one before. Money is in whole fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from services import audit, publishing, scope, subscriptions
from services.money import say_yuan
from services.publishing import BadPublication, Stage, check, keep, touch
from storage.communities import Community
from storage.information import FundEntry, ServiceEntry, Sheet
from storage.staff import Staff

FUNDS = "funds"
LISTS = {"autonomous": "自治事项清单", "assist": "协助事项清单", "service": "公共服务清单"}
KINDS = {**LISTS, FUNDS: "惠民资金"}
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A line of a list; all but the name may be empty."""

    name: str
    content: str = ""
    provider: str = ""
    materials: str = ""
    place: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class FundLine:
    """A line of the funds; `amount` and `used` in fen."""

    project: str
    source: str
    amount: int
    used: int = 0
    day: date | None = None
    note: str = ""


Line: TypeAlias = ServiceLine | FundLine
Entry: TypeAlias = ServiceEntry | FundEntry


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the lines of the funds, in fen."""

    amount: int
    used: int


def table_of(kind: str) -> type[ServiceEntry] | type[FundEntry]:
    """Where the lines of a kind are kept."""
    return FundEntry if kind == FUNDS else ServiceEntry


def name_of(sheet: Sheet) -> str:
    """惠民资金（2026年）, 公共服务清单."""
    return f"{KINDS[sheet.kind]}（{sheet.year}年）" if sheet.year else KINDS[sheet.kind]


def begin(
    session: Session,
    staff: Staff,
    community: Community,
    kind: str,
    year: int,
    lines: Sequence[Line],
    now: datetime,
) -> Sheet:
    """A new edition as a draft; raises Forbidden and BadPublication."""
    keep(session, staff, community.id)
    if kind not in KINDS:
        raise BadPublication("请选是哪一种表")
    if kind == FUNDS and not 2000 <= year <= 2100:
        raise BadPublication("惠民资金要写明是哪一年的")
    year = year if kind == FUNDS else 0
    newest = select(func.max(Sheet.edition)).where(
        Sheet.community_id == community.id, Sheet.kind == kind, Sheet.year == year
    )
    sheet = Sheet(
        community_id=community.id,
        kind=kind,
        year=year,
        edition=(session.scalar(newest) or 0) + 1,
        state=Stage.DRAFT.value,
        author_id=staff.id,
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(sheet)
    session.flush()
    _write(session, sheet, lines)
    audit.record(session, now, staff, "sheet.begin", sheet, after={"edition": sheet.edition})
    return sheet


def replace_lines(
    session: Session, staff: Staff, sheet: Sheet, version: int, lines: Sequence[Line], now: datetime
) -> None:
    """Gives a draft other lines; raises Forbidden, StalePublication and BadPublication."""
    keep(session, staff, sheet.community_id)
    check(sheet, version, Stage.DRAFT)
    table = table_of(sheet.kind)
    session.execute(delete(table).where(table.sheet_id == sheet.id))
    _write(session, sheet, lines)
    sheet.author_id = staff.id
    touch(sheet, now)


def publish(
    session: Session, reviewer: Staff, sheet: Sheet, version: int, now: datetime, url: str = ""
) -> int:
    """Makes an edition the public one, in place of the one before; tells who asked to hear."""
    former = _published(sheet.community_id, sheet.kind).where(Sheet.year == sheet.year)
    for other in session.scalars(former):
        other.state = Stage.REPLACED.value
        touch(other, now)
    session.flush()  # before the new one: the database lets only one be published
    publishing.approve(session, reviewer, sheet, version, now)
    lines = [f"【资金公开】{name_of(sheet)}更新了。", _summary(session, sheet), url]
    lines.append("不想再收，回复“退订”。")
    if sheet.kind != FUNDS:
        lines[0] = f"【资金公开】{name_of(sheet)}更新了，办事前可以先看看。"
    return subscriptions.tell(
        session,
        sheet.community_id,
        FUNDS,
        "\n".join(filter(None, lines)),
        source=f"sheet:{sheet.id}",
        now=now,
    )


def entries(session: Session, sheet: Sheet) -> list[Entry]:
    """The lines of an edition in their order."""
    table = table_of(sheet.kind)
    return list(session.scalars(select(table).where(table.sheet_id == sheet.id).order_by(table.id)))


def lines_of(session: Session, sheet: Sheet) -> list[Line]:
    """The lines as plain values, from which a new edition may begin."""
    return [_line(entry) for entry in entries(session, sheet)]


def public(session: Session, community_id: int, kind: str) -> list[Sheet]:
    """The published editions of a kind, the newest year first."""
    return list(session.scalars(_published(community_id, kind).order_by(Sheet.year.desc())))


def public_services(session: Session, community_id: int, kind: str = "") -> list[ServiceEntry]:
    """The lines of all published lists, or of those of one kind."""
    sheets = select(Sheet.id).where(
        Sheet.community_id == community_id, Sheet.state == Stage.PUBLISHED
    )
    if kind:
        sheets = sheets.where(Sheet.kind == kind)
    query = select(ServiceEntry).where(ServiceEntry.sheet_id.in_(sheets))
    return list(session.scalars(query.order_by(ServiceEntry.id)))


def funds_of(session: Session, sheet: Sheet) -> list[FundEntry]:
    """The lines of an edition of the funds."""
    query = select(FundEntry).where(FundEntry.sheet_id == sheet.id).order_by(FundEntry.id)
    return list(session.scalars(query))


def totals(lines: Sequence[FundEntry]) -> Totals:
    """The sums of planned and used money."""
    return Totals(sum(line.amount for line in lines), sum(line.used for line in lines))


def find(session: Session, staff: Staff, sheet_id: int) -> Sheet | None:
    """An edition of a community in the scope of `staff`."""
    return session.scalar(_in_scope(staff).where(Sheet.id == sheet_id))


def kept(session: Session, staff: Staff, limit: int = 200) -> list[Sheet]:
    """All editions in scope, by kind and year, the newest edition first."""
    order = (Sheet.community_id, Sheet.kind.desc(), Sheet.year.desc(), Sheet.edition.desc())
    return list(session.scalars(_in_scope(staff).order_by(*order).limit(limit)))


def _in_scope(staff: Staff) -> Select[Sheet]:
    return select(Sheet).where(Sheet.community_id.in_(scope.communities(staff)))


def _published(community_id: int, kind: str) -> Select[Sheet]:
    return select(Sheet).where(
        Sheet.community_id == community_id, Sheet.kind == kind, Sheet.state == Stage.PUBLISHED
    )


def _summary(session: Session, sheet: Sheet) -> str:
    if sheet.kind != FUNDS:
        return ""
    sums = totals(funds_of(session, sheet))
    return f"共{say_yuan(sums.amount)}，已用{say_yuan(sums.used)}。"


def _write(session: Session, sheet: Sheet, lines: Sequence[Line]) -> None:
    if not lines:
        raise BadPublication("表里一行也没有")
    if len(lines) > MOST_LINES:
        raise BadPublication(f"最多 {MOST_LINES} 行")
    kept = {"sheet_id": sheet.id, "community_id": sheet.community_id}
    for number, line in enumerate(lines, 1):
        _check_line(line, number)
        session.add(_entry(line, kept))
    session.flush()


def _check_line(line: Line, number: int) -> None:
    name = line.project if isinstance(line, FundLine) else line.name
    if not name or len(name) > 80:
        raise BadPublication(f"第{number}行：名称要有，最多 80 字")
    if isinstance(line, FundLine) and min(line.amount, line.used) < 0:
        raise BadPublication(f"第{number}行：金额不能是负数")


def _entry(line: Line, kept: dict[str, int]) -> Entry:
    if isinstance(line, FundLine):
        return FundEntry(
            **kept,
            project=line.project,
            source=line.source[:80],
            amount=line.amount,
            used=line.used,
            day=line.day,
            note=line.note,
        )
    return ServiceEntry(
        **kept,
        name=line.name,
        content=line.content,
        provider=line.provider[:80],
        materials=line.materials,
        place=line.place[:120],
        phone=line.phone[:40],
    )


def _line(entry: Entry) -> Line:
    if isinstance(entry, FundEntry):
        return FundLine(
            entry.project, entry.source, entry.amount, entry.used, entry.day, entry.note
        )
    return ServiceLine(
        entry.name, entry.content, entry.provider, entry.materials, entry.place, entry.phone
    )
