"""Public tables out of spreadsheets: XLSX and CSV as other programs write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from knowledge.errors import UnreadableDocumentError
from knowledge.importing.from_xlsx import read_cells
from knowledge.importing.guards import check_size
from services.money import BadAmount, read_fen
from services.publishing import BadPublication
from services.sheets import FUNDS, FundLine, Line, ServiceLine

SERVICE_COLUMNS = {
    "name": ("事项", "名称", "事项名称", "服务事项", "项目", "服务项目"),
    "content": ("内容", "说明", "服务内容", "事项内容", "备注"),
    "provider": ("承办", "承办单位", "责任单位", "办理单位", "负责人", "单位", "窗口"),
    "materials": ("材料", "所需材料", "需带材料", "要带什么"),
    "place": ("地点", "办理地点", "地址"),
    "phone": ("电话", "联系电话", "咨询电话"),
}
FUND_COLUMNS = {
    "project": ("项目", "项目名称", "名称", "用途"),
    "source": ("来源", "资金来源"),
    "amount": ("金额", "安排金额", "预算", "预算金额", "计划金额"),
    "used": ("已用", "已使用", "支出", "实际支出", "使用金额", "已支出"),
    "day": ("日期", "时间", "使用日期", "支出日期"),
    "note": ("备注", "说明"),
}
_UNIT = re.compile(r"[（(](?:单位[:：])?(万?元)[)）]$")
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})(?:\s*[-./月]\s*(\d{1,2})\s*日?|月)?")
_LOOKED_AT = 20


def read_lines(name: str, data: bytes, kind: str) -> list[Line]:
    """The lines of the table in a file; raises BadPublication that names the line and the fault."""
    rows = _cells(name, data)
    known = FUND_COLUMNS if kind == FUNDS else SERVICE_COLUMNS
    head, columns = _header(rows, known)
    lines: list[Line] = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {key: _cell(row, place) for key, place in columns.items()}
        if not any(cells.values()) or _is_sum(cells):
            continue
        try:
            lines.append(_fund(cells, rows[head], columns) if kind == FUNDS else _service(cells))
        except (BadAmount, ValueError) as error:
            raise BadPublication(f"第{number}行：{error}") from error
    if not lines:
        raise BadPublication("表头下面没有内容")
    return lines


def _cells(name: str, data: bytes) -> list[list[str]]:
    suffix = PurePath(name).suffix.lower()
    try:
        check_size(name, data)
        if suffix == ".xlsx":
            return read_cells(name, data)
    except UnreadableDocumentError as error:
        raise BadPublication(error.reason) from error
    if suffix == ".csv":
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(_text(data)))]
    raise BadPublication("请用 .xlsx 或 .csv 文件")


def _text(data: bytes) -> str:
    """CSV as spreadsheets save it in China: UTF-8 with or without mark, else GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadPublication("文字编码看不懂，请另存为 UTF-8 的 CSV 或 .xlsx")


def _header(
    rows: Sequence[Sequence[str]], known: Mapping[str, tuple[str, ...]]
) -> tuple[int, dict[str, int]]:
    """Which row names the columns, and where each one is."""
    first = next(iter(known))
    for number, row in enumerate(rows[:_LOOKED_AT]):
        names = [_UNIT.sub("", "".join(cell.split())) for cell in row]
        found: dict[str, int] = {}
        for key, words in known.items():
            place = next((names.index(word) for word in words if word in names), None)
            if place is not None and place not in found.values():
                found[key] = place
        if first in found and (len(found) > 1 or len(row) == 1):
            missing = "amount" in known and "amount" not in found
            if missing:
                raise BadPublication("没有“金额”这一列")
            return number, found
    raise BadPublication(f"没找到表头，第一列要叫“{known[first][0]}”")


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _is_sum(cells: Mapping[str, str]) -> bool:
    return next(iter(cells.values())).replace(" ", "") in ("合计", "总计", "小计")


def _service(cells: Mapping[str, str]) -> ServiceLine:
    if not cells["name"]:
        raise ValueError("没有事项名称")
    return ServiceLine(**{key: value for key, value in cells.items() if value})


def _fund(cells: Mapping[str, str], head: Sequence[str], columns: Mapping[str, int]) -> FundLine:
    if not cells["project"]:
        raise ValueError("没有项目名称")
    values: dict[str, Any] = {"project": cells["project"], "source": cells.get("source", "")}
    for key in ("amount", "used"):
        unit = _UNIT.search(head[columns[key]]) if key in columns else None
        written = cells.get(key) or "0"
        tens = "万" if unit and unit[1] == "万元" and "万" not in written else ""
        values[key] = read_fen(written + tens)
    return FundLine(**values, day=_day(cells.get("day", "")), note=cells.get("note", ""))


def _day(written: str) -> date | None:
    """A day; of a month alone the first."""
    if not written:
        return None
    found = _DAY.match(written)
    if found is None:
        raise ValueError(f"日期“{written[:20]}”看不懂，请写成 2026-03-05")
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3] or 1)).date()  # noqa: DTZ001
    except ValueError as error:
        raise ValueError(f"没有“{written[:20]}”这一天") from error
