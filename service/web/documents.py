"""The documents of a project, with all their versions and what is still missing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from service.definitions import newest_definition
from service.queries.documents import count_documents, documents_by_stage
from service.queries.filed import project_record
from service.queries.projects import project_detail
from service.queries.still_missing import still_missing
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.words import law_of

blueprint = Blueprint("documents", __name__)


@blueprint.get("/projects/<project_key>/documents")
@access(SIGNED_IN)
def page(project_key: str) -> Any:
    """By stage, for those who see the project."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = project_detail(connection, actor(), project_key, now=now())
        stages = documents_by_stage(connection, project_record(connection, project_key))
        lacking = still_missing(connection, actor(), detail.holders, now=now())
        definition = newest_definition(connection)
    return render_template(
        "documents.html",
        detail=detail,
        stages=stages,
        count=count_documents(stages),
        lacking=[one for one in lacking if one.materials],
        quoted=lambda clauses: law_of(definition, tuple(clauses)),
    )
