"""Days of the working-day calendar from an xlsx sheet: columns 日期, 安排 (放假 or 上班), 名称."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl

from service.model.errors import BadInput, TooLarge
from service.regulation.calendar import Day

MAX_BYTES = 500_000
MAX_UNPACKED = 20_000_000
MAX_ROWS = 500
KINDS = {"放假": False, "休息": False, "上班": True, "调休上班": True}


def read_calendar_sheet(source: bytes) -> list[Day]:
    """The days of the first sheet, below a heading row. Raises BadInput naming the row, or TooLarge."""
    if len(source) > MAX_BYTES:
        raise TooLarge("表格超过 500 KB，请只留日期、安排、名称三列。")
    days = [
        _day(number, row)
        for number, row in enumerate(_rows(source), start=2)
        if any(cell not in (None, "") for cell in row)
    ]
    if not days:
        raise BadInput("表格里没有日期，请在标题行下面每行填一天。")
    return days


def _rows(source: bytes) -> list[tuple[Any, ...]]:
    try:
        packed = zipfile.ZipFile(io.BytesIO(source))
        if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
            raise TooLarge("表格展开后太大，请只留日期、安排、名称三列。")
        book = openpyxl.load_workbook(io.BytesIO(source), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(
            min_row=2, max_row=MAX_ROWS + 2, max_col=3, values_only=True
        )
        found = [tuple(row) for row in rows]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, SyntaxError) as wrong:
        raise BadInput("这不是能读的 xlsx 表格，请另存为 xlsx 后再上传。") from wrong
    if len(found) > MAX_ROWS:
        raise TooLarge(f"表格超过 {MAX_ROWS} 行，请只填一年中放假和调休的日子。")
    return found


def _day(number: int, row: tuple[Any, ...]) -> Day:
    day, kind, name = (*row, None, None, None)[:3]
    try:
        if isinstance(day, datetime):
            day = day.date()
        elif not isinstance(day, date):
            day = date.fromisoformat(str(day).strip().replace("/", "-"))
        return Day(day, KINDS[str(kind).strip()], str(name or "").strip()[:80])
    except (ValueError, KeyError) as wrong:
        raise BadInput(
            f"表格第 {number} 行读不懂：日期写 2027-01-01，安排写“放假”或“上班”。"
        ) from wrong
