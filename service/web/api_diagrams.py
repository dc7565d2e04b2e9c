"""REST: instances with what is done in their diagrams, and the processes with their BPMN."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from service.commands.start_instance import begins_a_project
from service.definitions import newest_definition
from service.model.errors import NotFound
from service.queries.instance_detail import instance_detail
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor
from service.web.answers import plain

blueprint = Blueprint("api_diagrams", __name__, url_prefix="/api/v1")


@blueprint.get("/instances/<instance_key>")
@access(SIGNED_IN)
def instance(instance_key: str) -> Any:
    """An instance: each process entered with the states of its elements, and what happened."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = instance_detail(connection, actor(), instance_key)
    return jsonify(
        instance_key=instance_key,
        name=detail.name,
        status=detail.row.status,
        project_key=detail.row.project_key,
        diagrams=[
            {"process_id": process.id, "name": process.name, "states": states}
            for process, states in detail.diagrams
        ],
        history=plain(detail.history),
    )


@blueprint.get("/processes")
@access(SIGNED_IN)
def processes() -> Any:
    """The processes of the newest deployment; `may_start` tells which ones the actor may begin."""
    with reading(current_app.extensions["engine"]) as connection:
        definition = newest_definition(connection)
    rows = []
    for process in definition.processes.values():
        free = process.id not in definition.called and process.start.event == "message"
        new = begins_a_project(definition, process.id)
        mine = process.start.lane_id in actor().groups
        rows.append(
            {
                "process_id": process.id,
                "name": process.name,
                "begins_a_project": new,
                "may_start": mine and (new or free),
            }
        )
    return jsonify(processes=rows)


@blueprint.get("/processes/<process_id>/diagram")
@access(SIGNED_IN)
def diagram(process_id: str) -> Any:
    """The BPMN of a process, as deployed."""
    with reading(current_app.extensions["engine"]) as connection:
        definition = newest_definition(connection)
    process = definition.processes.get(process_id)
    if process is None:
        raise NotFound("没有这个流程。")
    return Response(definition.bundle.files[process.path], mimetype="application/xml")
