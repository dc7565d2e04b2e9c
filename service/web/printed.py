"""Printable sheets: the list of a project, a preview, a sheet that is handed out with its code."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.audit.verify import read_note
from service.commands.issue_sheet import issue_sheet
from service.model.errors import NotFound
from service.papers.filenames import joined_name
from service.papers.issue import code_of, grouped
from service.queries.projects import project_detail
from service.queries.sheet_proof import sheet_proof
from service.queries.sheets import Opened, check_code, issued, open_sheet, project_sheets
from service.regulation.dates import local_date
from service.store.session import begin, reading
from service.web.access import PUBLIC, SIGNED_IN, access, actor, now

blueprint = Blueprint("sheets", __name__)


@blueprint.get("/projects/<project_key>/sheets")
@access(SIGNED_IN)
def index(project_key: str) -> Any:
    """What can be printed of a project: first what the record fills, then the blank forms."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = project_detail(connection, actor(), project_key, now=now())
        lines = project_sheets(connection, actor(), project_key, now=now())
    return render_template("sheets.html", detail=detail, lines=lines)


@blueprint.get("/projects/<project_key>/sheets/<sheet_id>")
@access(SIGNED_IN)
def page(project_key: str, sheet_id: str) -> Any:
    """A sheet filled from the record as it stands; it has no code until it is handed out."""
    with reading(current_app.extensions["engine"]) as connection:
        opened = _open(connection, project_key, sheet_id)
    return _show(opened, None)


@blueprint.post("/projects/<project_key>/sheets/<sheet_id>")
@access(SIGNED_IN)
def hand_out(project_key: str, sheet_id: str) -> Any:
    """Hand the sheet out: from now on its code can be checked."""
    with begin(current_app.extensions["engine"]) as connection:
        code = issue_sheet(connection, actor(), _open(connection, project_key, sheet_id).issue)
    return redirect(
        url_for("sheets.printed", project_key=project_key, sheet_id=sheet_id, code=code), 303
    )


@blueprint.get("/projects/<project_key>/sheets/<sheet_id>/<code>")
@access(SIGNED_IN)
def printed(project_key: str, sheet_id: str, code: str) -> Any:
    """A sheet as it was handed out, with its code."""
    with reading(current_app.extensions["engine"]) as connection:
        opened = issued(connection, actor(), project_key, code)
    if opened.sheet.id != sheet_id:
        raise NotFound("没有这张打印件，请从项目的打印页重新出具。")
    return _show(opened, code)


def _open(connection: Any, project_key: str, sheet_id: str) -> Opened:
    return open_sheet(
        connection,
        actor(),
        project_key,
        sheet_id,
        instance_key=request.values.get("of", "")[:64],
        now=now(),
    )


def _show(opened: Opened, code: str | None) -> Any:
    project = opened.project
    day = str(local_date(opened.issue.printed_at))
    title = joined_name(project["unit"], project["name"], opened.filled.name, day, ending="")
    address = url_for("sheets.check", code=code, _external=True) if code else ""
    return render_template(
        "sheet.html",
        opened=opened,
        sheet=opened.filled,
        title=title,
        code=grouped(code) if code else "",
        address=address,
        picture=segno.make(address, error="m", micro=False).svg_data_uri(border=0) if code else "",
        key=secrets.token_hex(8),
    )


@blueprint.get("/check")
@access(PUBLIC)
def check_form() -> Any:
    """Where the code of a paper is typed."""
    given = request.args.get("code", "")[:60]
    if given:
        return redirect(url_for("sheets.check", code=code_of(given) or given))
    return render_template("check.html", found=None, code="")


@blueprint.get("/check/<code>")
@access(PUBLIC)
def check(code: str) -> Any:
    """Whether a printed sheet is what the record says. Only for who has the code; nothing is listed."""
    known = code_of(code)
    if known is None:
        raise NotFound("校验码是 20 位字母和数字，请核对后重新输入。")
    with reading(current_app.extensions["engine"]) as connection:
        found = check_code(connection, known)
        proof = sheet_proof(connection, known, current_app.extensions["config"].signer.keys)
    checkpoint = read_note(proof["note"])[0] if proof["note"] else None
    answer = current_app.make_response(
        render_template(
            "check.html",
            found=found,
            code=grouped(known),
            plain=known,
            proof=proof,
            checkpoint=checkpoint,
            signed_at=datetime.fromisoformat(checkpoint.at) if checkpoint else None,
        )
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@blueprint.get("/check/<code>/proof.json")
@access(PUBLIC)
def proof(code: str) -> Any:
    """The proof that the sheet's event is in the signed record; hashes only, for `verify.py`."""
    known = code_of(code)
    if known is None:
        raise NotFound("校验码是 20 位字母和数字，请核对后重新输入。")
    with reading(current_app.extensions["engine"]) as connection:
        check_code(connection, known)
        found = sheet_proof(connection, known, current_app.extensions["config"].signer.keys)
    answer = current_app.make_response(json.dumps(found, ensure_ascii=False, indent=1))
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{known}.json"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
