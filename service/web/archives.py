"""The archive of a project: its volumes, what is missing, the package to hand over."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, current_app, render_template, send_file

from service.papers.archive_package import write_archive
from service.papers.filenames import joined_name
from service.queries.archive import archive_contents, archive_state
from service.queries.projects import project_detail
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor, now

blueprint = Blueprint("archives", __name__)
IN_MEMORY = 16 * 1024 * 1024


@blueprint.get("/projects/<project_key>/archive")
@access(SIGNED_IN)
def page(project_key: str) -> Any:
    """The six volumes with their entries, and the demanded materials."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = project_detail(connection, actor(), project_key, now=now())
        state = archive_state(connection, actor(), project_key, detail.stages)
    return render_template("archive.html", detail=detail, state=state)


@blueprint.get("/projects/<project_key>/archive.zip")
@access(SIGNED_IN)
def package(project_key: str) -> Any:
    """The package, for those who see the project."""
    config = current_app.extensions["config"]
    # closed by the server when the answer is sent
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with reading(current_app.extensions["engine"]) as connection:
        archive_state(connection, actor(), project_key)
        contents = archive_contents(
            connection, project_key, config.files,
            sign=config.signer.sign, key=config.signer.public.text(),
        )  # fmt: skip
        write_archive(stream, contents)
    stream.seek(0)
    about = contents.about
    name = joined_name(about["unit"], about["name"], "档案", about["no"], ending=".zip")
    return send_file(stream, mimetype="application/zip", as_attachment=True, download_name=name)
