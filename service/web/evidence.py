"""The evidence of a project or of a period, for auditors: a package that verify.py checks without the service."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, current_app, send_file

from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import BadInput
from service.queries.evidence import write_evidence
from service.queries.evidence_extent import Period
from service.queries.projects import seen_project
from service.regulation.dates import local_date
from service.store.session import begin, reading
from service.web.access import AUDITOR, access, actor, now
from service.web.days import day_asked

blueprint = Blueprint("evidence", __name__)
IN_MEMORY = 16 * 1024 * 1024


@blueprint.get("/projects/<project_key>/evidence.zip")
@access(AUDITOR)
def package(project_key: str) -> Any:
    """Of a project, up to now."""
    with reading(current_app.extensions["engine"]) as connection:
        number = seen_project(connection, actor(), project_key).no
    return _sent(f"证据包_{number}_{local_date(now())}.zip", project_no=number)


@blueprint.get("/audit/evidence.zip")
@access(AUDITOR)
def of_period() -> Any:
    """Of the days `since` to `until`; to today when it has no end. Raises BadInput without a beginning."""
    first, last = day_asked("since"), day_asked("until") or local_date(now())
    if first is None:
        raise BadInput("请先在“审计”页选好期间的开始日期，再下载证据包。")
    return _sent(f"证据包_{first}_{last}.zip", period=Period(first, last))


def _sent(name: str, *, project_no: str | None = None, period: Period | None = None) -> Any:
    """What no checkpoint covers yet is covered by a new one first."""
    config, engine = current_app.extensions["config"], current_app.extensions["engine"]
    with begin(engine) as connection:
        make_checkpoint(connection, config.signer, now=now())
    # closed by the server when the answer is sent
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with reading(engine) as connection:
        write_evidence(
            connection, stream, keys=config.signer.keys, files=config.files, project_no=project_no, period=period
        )  # fmt: skip
    stream.seek(0)
    return send_file(stream, mimetype="application/zip", as_attachment=True, download_name=name)
