"""A report as a workbook (XLSX): rates, parts, trend; texts can never act as formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from console.report_view import ReportView, rows_of
from console.tables import safe_cell
from services.case_figures import THREE, share
from services.case_measures import NAMES, Measure

HEAD = PatternFill("solid", fgColor="E1F0EA")
PERCENT = "0.0%"
WIDEST = 40


def to_xlsx(view: ReportView) -> bytes:
    """The bytes of the workbook."""
    book = Workbook()
    _sheet(book, "三率", _rates(view))
    for table in view.tables:
        _sheet(book, table.title, rows_of(table, view))
    _sheet(
        book, "每天新增", [["日期", "件数"], *([bar.label, bar.value] for bar in view.days.bars)]
    )
    _sheet(book, "趋势", _trend(view))
    _sheet(book, "在办时长", [["在办时长", "件数"], *([b.label, b.value] for b in view.ages.bars)])
    del book["Sheet"]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rates(view: ReportView) -> list[list[object]]:
    rows: list[list[object]] = [
        [view.title],
        ["截至", f"{view.data.made_at:%Y-%m-%d}"],
        ["不公开的事项（不在以下数字里）", withheld_words(view)],
        [],
        ["指标", "比率", "分子", "分母", "未计入", "未评价", "与上期比"],
    ]
    for card in view.cards:
        under = card.denominator.value
        rate = card.numerator.value / under if under else None
        left = "；".join(f"{one.name} {one.value}" for one in card.excluded)
        unrated = card.unrated.value if card.unrated else None
        rows.append([card.name, rate, card.numerator.value, under, left, unrated, card.change])
    rows.append([])
    rows += [[number.name, None, number.value] for number in view.strip]
    return rows


def withheld_words(view: ReportView) -> str:
    """How many cases are in none of the figures, in steps that give nobody away."""
    number = view.data.withheld
    return f"{number} 件以上" if number else "少于 5 件"


def _trend(view: ReportView) -> list[list[object]]:
    head: list[object] = ["时段", NAMES[Measure.RAISED]]
    rows: list[list[object]] = [[*head, *(rate.name for rate in THREE)]]
    for period, tally in view.data.history:
        shares = (share(tally, rate) for rate in THREE)
        rows.append([period.name, tally[Measure.RAISED], *shares])
    return rows


def _sheet(book: Workbook, title: str, rows: Iterable[Sequence[object]]) -> None:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_cell(value) for value in row])
    _dress(sheet)


def _cell(value: object) -> object:
    return safe_cell(value) if isinstance(value, str) else value


def _dress(sheet: Worksheet) -> None:
    """Heads stand out, shares read as percent, columns are wide enough."""
    for row in sheet.iter_rows():
        head = (
            all(cell.value is None or isinstance(cell.value, str) for cell in row) and len(row) > 1
        )
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(cell.value, float):
                cell.number_format = PERCENT
            if head and cell.value:
                cell.font, cell.fill = Font(bold=True), HEAD
    for at, column in enumerate(sheet.columns, 1):
        longest = max((_width(cell.value) for cell in column), default=8)
        sheet.column_dimensions[get_column_letter(at)].width = min(max(longest + 2, 8), WIDEST)
    sheet.freeze_panes = "B2"


def _width(value: object) -> int:
    text = "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
