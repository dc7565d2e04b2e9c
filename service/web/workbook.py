"""Answers as sheets (.xlsx): typed cells, a fixed heading, widths; text stays text whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from service.queries.questions.declared import Column
from service.regulation.dates import SHANGHAI

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"date": "yyyy-mm-dd", "money": "#,##0.00", "time": "yyyy-mm-dd hh:mm"}
WIDTHS = {"date": 12, "money": 16, "time": 17, "number": 12}
NOT_IN_TITLE = str.maketrans("", "", "[]:*?/\\'")
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(sheets: Iterable[tuple[str, Sequence[str], Sequence[Column], Iterable[Any]]]) -> bytes:
    """A book of (title, lines above the table, headings, rows of cells). Money is in yuan."""
    book = Workbook(write_only=True)
    titles: set[str] = set()
    for title, above, columns, rows in sheets:
        sheet = book.create_sheet(_title(title, titles))
        sheet.freeze_panes = f"A{len(above) + 2}"
        for number, (heading, kind) in enumerate(columns, 1):
            width = WIDTHS.get(kind, 30 if number < 3 else 24)
            sheet.column_dimensions[get_column_letter(number)].width = max(width, 2 * len(heading))
        for line in above:
            sheet.append([_cell(sheet, line, "text")])
        sheet.append([_heading(sheet, name, kind) for name, kind in columns])
        for row in rows:
            cells = zip(row, columns, strict=True)
            sheet.append([_cell(sheet, value, kind) for value, (_, kind) in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(wanted: str, taken: set[str]) -> str:
    title = wanted.translate(NOT_IN_TITLE)[:28] or "表"
    while title in taken:
        title += "·"
    taken.add(title)
    return title


def _heading(sheet: Any, name: str, kind: str) -> WriteOnlyCell:
    cell = _cell(sheet, f"{name}（元）" if kind == "money" else name, "text")
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, value: Any, kind: str) -> WriteOnlyCell:
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).replace(tzinfo=None)
    typed = isinstance(value, Decimal | int | float | date) and not isinstance(value, bool)
    if value is None or typed:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = FORMATS.get(kind, "General") if typed else "General"
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", _words(value))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    if text.startswith(BEGINS_FORMULA):
        cell.style = "Normal"
        cell.quotePrefix = True  # stays text when somebody edits it
    return cell


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
