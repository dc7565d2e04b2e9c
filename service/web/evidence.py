"""The evidence of a project, for auditors: a package that verify.py checks without the service."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, current_app, send_file

from service.jobs.make_checkpoint import make_checkpoint
from service.queries.evidence import write_evidence
from service.queries.projects import seen_project
from service.regulation.dates import local_date
from service.store.session import begin, reading
from service.web.access import AUDITOR, access, actor, now

blueprint = Blueprint("evidence", __name__)
IN_MEMORY = 16 * 1024 * 1024


@blueprint.get("/projects/<project_key>/evidence.zip")
@access(AUDITOR)
def package(project_key: str) -> Any:
    """Up to now: what no checkpoint covers yet is covered by a new one first."""
    config, engine = current_app.extensions["config"], current_app.extensions["engine"]
    with reading(engine) as connection:
        number = seen_project(connection, actor(), project_key).no
    with begin(engine) as connection:
        make_checkpoint(connection, config.signer, now=now())
    # closed by the server when the answer is sent
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with reading(engine) as connection:
        write_evidence(
            connection, stream, keys=config.signer.keys, files=config.files, project_no=number
        )
    stream.seek(0)
    name = f"证据包_{number}_{local_date(now())}.zip"
    return send_file(stream, mimetype="application/zip", as_attachment=True, download_name=name)
