"""Spreadsheets (XLSX) made in memory; texts are cells of text, never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from aiohttp import web
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from console.downloads import XLSX, attachment
from console.tables import safe_cell

WIDTH = 18


def add_sheet(
    book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """A sheet with a header that stays in sight; numbers stay numbers."""
    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([one if isinstance(one, int) else safe_cell(one) for one in row])
    sheet.freeze_panes = "A2"
    for number in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH


def new_book() -> Workbook:
    """A workbook without a sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def as_response(book: Workbook, name: str) -> web.Response:
    """The workbook as a file to be saved."""
    out = io.BytesIO()
    book.save(out)
    return attachment(out.getvalue(), XLSX, name)
