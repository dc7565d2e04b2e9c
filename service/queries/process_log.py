"""The log as happenings at elements: of one project, or of all."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.model.errors import NotFound
from service.model.happening import Happening
from service.store import history
from service.store import tables as t
from service.store.history import StoredEvent

# effect of the engine → transition of the XES lifecycle; elements where nobody waits only complete
STAGES = {
    "UserTaskCreated": "schedule",
    "UserTaskCancelled": "ate_abort",
    "ElementLeft": "complete",
}


def happenings(connection: Connection, project_no: str | None = None) -> Iterator[Happening]:
    """In order of the log. Raises NotFound for a project that does not exist."""
    query = select(t.project.c.project_key, t.project.c.no)
    numbers = {row.project_key: row.no for row in connection.execute(query)}
    project_key = next((key for key, no in numbers.items() if no == project_no), None)
    if project_no and project_key is None:
        raise NotFound(f"没有编号为 {project_no} 的项目。")
    for event in history.read(connection, project_key=project_key):
        if "effects" in event.body:
            yield from _of(connection, event, numbers.get(event.project_key or "", ""))


def _of(connection: Connection, event: StoredEvent, no: str) -> Iterator[Happening]:
    definition = definition_of(connection, event.body["bundle"])
    actor = event.body["actor"]
    for name, fields in event.body["effects"]:
        if name not in STAGES:
            continue
        process = definition.processes[fields["process_id"]]
        element = process.elements[fields["element_id"]]
        by_person = event.act == "complete_task" and fields["task_key"] == event.body["task"]
        yield Happening(
            event.seq,
            event.at,
            no,
            str(event.instance_key),
            process.id,
            process.name,
            element.id,
            element.name or element.id,
            element.type,
            STAGES[name],
            actor["name"] if by_person else "",
            actor["unit_name"] if by_person else "",
            fields["task_key"],
        )
