"""Sheets (.xlsx) of people: the template to fill, and reading one back."""

from __future__ import annotations

import io
import zipfile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from service.commands.import_people import MOST, SheetRow
from service.model.errors import BadInput, TooLarge

COLUMNS = ("姓名", "账号", "单位", "岗位")
MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024


def template() -> bytes:
    """An empty sheet with its headings and one line as an example."""
    book = Workbook()
    sheet = book.active
    sheet.title = "人员"
    sheet.append(COLUMNS)
    sheet.append(("张三", "zhangsan", "县民政局", "经办人"))
    for column, width in zip("ABCD", (14, 18, 30, 24), strict=True):
        sheet.column_dimensions[column].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_people(content: bytes) -> list[SheetRow]:
    """Rows of a filled sheet, empty ones left out. Raises BadInput, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge("人员表请不超过 2 MB。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(i.file_size for i in packed.infolist()) > MAX_UNPACKED:
                raise TooLarge("人员表展开后太大，请只留需要导入的行。")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as wrong:
        raise BadInput("读不出这个文件，请用模板另存为 .xlsx 后再上传。") from wrong
    rows = list(book.worksheets[0].iter_rows(max_row=MOST + 50, max_col=8, values_only=True))
    book.close()
    headings = [str(cell or "").strip() for cell in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in headings]
    if missing:
        raise BadInput(f"第一行缺少“{'、'.join(missing)}”列，请按模板填写。")
    places = [headings.index(name) for name in COLUMNS]
    found = []
    for line, row in enumerate(rows[1:], start=2):
        cells = [str(row[i] if i < len(row) and row[i] is not None else "").strip() for i in places]
        if any(cells):
            found.append(SheetRow(line, *cells))
    return found
