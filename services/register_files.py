"""The register as a table of Excel or CSV: a list of homes, or a list of people, told by its head.

Homes: 编号, 名称, 地点 (code), 面积 (m²), 业主, 住户 (codes, several with 、), 未售 (是).
People: 编号, 姓名, 成年 (否 where not).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy.orm import Session

from knowledge.errors import UnreadableDocumentError
from knowledge.importing.guards import check_package
from services import audit, register
from services.access import Permission, require
from services.places import community_place
from services.register import BadRegister, HomeLine
from storage.staff import Staff

HOMES = ("编号", "名称", "地点", "面积", "业主", "住户", "未售")
PEOPLE = ("编号", "姓名", "成年")
MOST_ROWS = 20_000
MOST_COLUMNS = 50
_FAULTS = (
    UnreadableDocumentError,
    InvalidFileException,
    IndexError,
    KeyError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What a broken workbook raises, depending on where it is broken."""


def import_file(
    session: Session, staff: Staff, community_id: int, data: bytes, now: datetime
) -> int:
    """Takes a list of homes or of people; returns how many lines. Raises BadRegister, Forbidden."""
    place = community_place(session, community_id)
    require(staff, Permission.KEEP_TOPICS, place.path)
    rows = list(read_rows(data))
    if rows and "姓名" in rows[0]:
        names = [(_required(row, "编号"), row["姓名"], row.get("成年") != "否") for row in rows]
        register.name_people(session, community_id, names)
        audit.record(session, now, staff, "register.named", place, after={"people": len(names)})
        return len(names)
    lines = [_home(row) for row in rows]
    return register.import_homes(session, staff, community_id, lines, now)


def read_rows(data: bytes) -> Iterator[dict[str, str]]:
    """The rows of a table by the names in its head; raises BadRegister for what is none."""
    table = _workbook(data) if data.startswith(b"PK") else _csv(data)
    head = [cell.strip() for cell in next(table, [])]
    if not set(head) >= {"编号", "姓名"} and not set(head) >= {"编号", "名称", "地点"}:
        raise BadRegister(f"表头要有：{'、'.join(HOMES)}；人员表要有：{'、'.join(PEOPLE)}")
    for number, cells in enumerate(table, 1):
        if number > MOST_ROWS:
            raise BadRegister(f"一次最多 {MOST_ROWS} 行，请分开导入")
        if any(cell.strip() for cell in cells):
            yield dict(zip(head, (cell.strip() for cell in cells), strict=False))


def _csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    return csv.reader(io.StringIO(text, newline=""))


def _workbook(data: bytes) -> Iterator[list[str]]:
    try:
        check_package("名册", data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        found = [[_written(cell) for cell in row] for row in rows]
    except _FAULTS as error:
        raise BadRegister("这个文件打不开，请另存为 .xlsx 或 .csv 再传") from error
    return iter(found)


def _written(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _home(row: Mapping[str, str]) -> HomeLine:
    return HomeLine(
        code=_required(row, "编号"),
        label=row.get("名称") or row["编号"],
        place=_required(row, "地点"),
        area=row.get("面积") or "0",
        owners=_codes(row.get("业主", "")),
        dwellers=_codes(row.get("住户", "")),
        with_developer=row.get("未售") == "是",
    )


def _required(row: Mapping[str, str], name: str) -> str:
    value = row.get(name, "")
    if not value:
        raise BadRegister(f"有一行没有填“{name}”")
    return value


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[、,，;；\s]+", text)))
