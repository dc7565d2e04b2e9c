"""One project; starting a process."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.start_instance import start_instance
from service.definitions import newest_definition
from service.queries.boards import boards_of
from service.queries.documents import documents_by_stage
from service.queries.filed import project_record
from service.queries.history import entries_in
from service.queries.own_lists import follows
from service.queries.people_in import people_in
from service.queries.projects import project_detail, seen_project
from service.queries.sheets import sheets_begun
from service.queries.still_missing import still_missing
from service.store import history as log
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.words import law_of

blueprint = Blueprint("projects", __name__)


@blueprint.get("/projects/<project_key>")
@access(SIGNED_IN)
def page(project_key: str) -> Any:
    """One project."""
    with reading(current_app.extensions["engine"]) as connection:
        row = seen_project(connection, actor(), project_key)
        events = list(log.read(connection, project_key=project_key))  # once for all parts
        detail = project_detail(connection, actor(), project_key, now=now(), events=events)
        lacking = still_missing(connection, actor(), detail.holders, now=now())
        history = list(reversed(entries_in(connection, events)))
        definition = newest_definition(connection)
        followed = follows(connection, actor(), project_key)
        boards = boards_of(connection, project_key, events=events)
        record = project_record(connection, project_key, events=events)
        documents = documents_by_stage(connection, record)
        sheets = sheets_begun(definition, record, now())
    return render_template(
        "project.html",
        detail=detail,
        lacking=lacking,
        history=history,
        boards=boards,
        documents=documents,
        sheets=sheets,
        people=people_in(detail.participants, history),
        quoted=lambda clauses: law_of(definition, tuple(clauses)),
        key=secrets.token_hex(8),
        followed=followed,
        own=row.unit_id == actor().unit_id and detail.running,
    )


@blueprint.get("/start")
@access(SIGNED_IN)
def start_page() -> Any:
    """Processes that begin a project or stand alone, and that one may start."""
    with reading(current_app.extensions["engine"]) as connection:
        definition = newest_definition(connection)
    processes = definition.processes.values() if definition else []
    mine = [p for p in processes if actor().groups & {*p.start.starters}]
    return render_template(
        "start.html",
        processes=[p for p in mine if p.start.family("assigns")],
        alone=[p for p in mine if "project" in p.start.properties],
        key=secrets.token_hex(8),
    )


@blueprint.post("/start")
@access(SIGNED_IN)
def start() -> Any:
    """Start a process: a new project, or one more instance in a project."""
    project_key = request.form.get("project") or None
    with begin(current_app.extensions["engine"]) as connection:
        started = start_instance(
            connection,
            actor(),
            request.form.get("process", ""),
            now=now(),
            project_key=project_key,
            idempotency_key=request.form.get("_key"),
        )
    if started.project_key is None:
        return redirect(url_for("instances.page", instance_key=started.instance_key))
    return redirect(url_for("projects.page", project_key=started.project_key))
