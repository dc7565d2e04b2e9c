"""Many people at once, from a sheet: a dry run, then all rows or none."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

from flask import render_template, request, send_file

from service.commands.import_people import SheetRow, check_rows, import_people
from service.model.errors import BadInput, Refused
from service.store.session import begin, reading
from service.web.access import access, actor, now
from service.web.admin.common import SYSTEM_ADMIN, blueprint, engine, reason
from service.web.errors import note
from service.web.sheets import MAX_BYTES, read_people, template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/people/import")
@access(SYSTEM_ADMIN)
def import_page() -> Any:
    """Upload a sheet."""
    return render_template("admin/import.html", checked=None, rows="", refusal=None)


@blueprint.get("/people/import/template.xlsx")
@access(SYSTEM_ADMIN)
def import_template() -> Any:
    """The sheet to fill."""
    return send_file(
        io.BytesIO(template()), mimetype=XLSX, as_attachment=True, download_name="人员导入模板.xlsx"
    )


@blueprint.post("/people/import")
@access(SYSTEM_ADMIN)
def import_rows() -> Any:
    """First a dry run of the uploaded sheet; then, confirmed, all rows or none."""
    confirmed = request.form.get("rows")
    rows: list[SheetRow] = []
    try:
        if confirmed:
            rows = _rows(confirmed)
            with begin(engine()) as connection:
                entered = import_people(connection, actor(), rows, reason=reason(), now=now())
            return render_template("admin/handed.html", entered=entered)
        upload = request.files.get("sheet")
        if upload is None or not upload.filename:
            raise BadInput("请选择要导入的人员表。")
        rows = read_people(upload.stream.read(MAX_BYTES + 1))
    except Refused as refusal:
        note(refusal)
        return _import_page(rows, refusal), refusal.status
    return _import_page(rows, None)


def _rows(text: str) -> list[SheetRow]:
    try:
        return [
            SheetRow(int(r["line"]), *(str(r[k]) for k in ("name", "login", "unit", "posts")))
            for r in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError) as wrong:
        raise BadInput("导入的内容不完整，请重新上传人员表。") from wrong


def _import_page(rows: list[SheetRow], refusal: Refused | None) -> str:
    with reading(engine()) as connection:
        checked = check_rows(connection, rows)
    kept = json.dumps([dataclasses.asdict(r) for r in rows], ensure_ascii=False)
    return render_template("admin/import.html", checked=checked, rows=kept, refusal=refusal)
