"""Spreadsheets (.xlsx): each sheet a heading, each row a passage with its column names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, TypeVar

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from knowledge.errors import UnreadableDocumentError
from knowledge.importing.blocks import Block, Read, rows
from knowledge.importing.guards import check_package

T = TypeVar("T")

MAX_ROWS = 20_000
MAX_COLUMNS = 60
_FAULTS = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
)


def read_xlsx(name: str, data: bytes) -> Read:
    """Raises UnreadableDocumentError for broken, encrypted and exploding files."""

    def read(book: Any) -> Read:
        blocks = tuple(block for sheet in book.worksheets for block in _sheet(sheet))
        return Read(blocks, str(book.properties.title or ""))

    return _opened(name, data, read)


def read_cells(name: str, data: bytes) -> list[list[str]]:
    """The first sheet that has anything, row by row, as written; raises UnreadableDocumentError."""

    def read(book: Any) -> list[list[str]]:
        for sheet in book.worksheets:
            found = [cells for cells in _cells(sheet) if any(cells)]
            if found:
                return found
        return []

    return _opened(name, data, read)


def _opened(name: str, data: bytes, read: Callable[[Any], T]) -> T:
    check_package(name, data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            return read(book)
        finally:
            book.close()
    except _FAULTS as error:
        raise UnreadableDocumentError(name, "文件已损坏，或不是 Excel 表格（.xlsx）") from error


def _sheet(sheet: Any) -> Iterator[Block]:
    """The sheet's name, lines above the table as text, then the rows of the table."""
    table: list[list[str]] = []
    yield Block("heading", str(sheet.title), 1)
    for cells in _cells(sheet):
        filled = [cell for cell in cells if cell]
        if table or len(filled) > 1:
            table.append(cells)
        elif filled:
            yield Block("text", filled[0])
    yield from rows(table)


def _cells(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says of its size need not be true
    for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
        yield [_written(cell) for cell in row]


def _written(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if cell.hour or cell.minute else f"{cell:%Y-%m-%d}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
