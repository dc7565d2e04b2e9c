"""The log as OCEL 2.0 in JSON: happenings with the projects, instances, tasks, units and persons they concern."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from service.model.happening import Happening

# type of object → the word that ties an event to it
OBJECTS = {
    "project": "of project",
    "instance": "in instance",
    "task": "about task",
    "unit": "by unit",
    "person": "by person",
}


def ocel(happenings: Iterable[Happening]) -> dict[str, Any]:
    """The document: `eventTypes`, `objectTypes`, `events`, `objects` (ocel-standard.org, 2.0).

    Values are text, as the published schema has them; `eventTypes` says what they stand for.
    """
    events: list[dict[str, Any]] = []
    types: set[str] = set()
    found: dict[tuple[str, str], str] = {}
    for number, happening in enumerate(happenings, 1):
        named = f"{happening.process_name}：{happening.element_name}"
        types.add(named)
        ties = []
        for kind, name in _objects(happening):
            found.setdefault((kind, name), f"{kind}:{name}")
            ties.append({"objectId": f"{kind}:{name}", "qualifier": OBJECTS[kind]})
        events.append(
            {
                "id": f"e{number}",
                "type": named,
                "time": happening.at.isoformat(),
                "attributes": [
                    {"name": "element", "value": f"{happening.process_id}/{happening.element_id}"},
                    {"name": "stage", "value": happening.stage},
                    {"name": "seq", "value": str(happening.seq)},
                ],
                "relationships": ties,
            }
        )
    attributes = [
        {"name": "element", "type": "string"},
        {"name": "stage", "type": "string"},
        {"name": "seq", "type": "integer"},
    ]
    return {
        "objectTypes": [{"name": kind, "attributes": []} for kind in OBJECTS],
        "eventTypes": [{"name": name, "attributes": attributes} for name in sorted(types)],
        "objects": [
            {"id": key, "type": kind, "attributes": [], "relationships": []}
            for (kind, _), key in found.items()
        ],
        "events": events,
    }


def _objects(happening: Happening) -> Iterable[tuple[str, str]]:
    for kind, name in (
        ("project", happening.project),
        ("instance", happening.instance_key),
        ("task", happening.task_key if happening.element_type == "userTask" else ""),
        ("unit", happening.unit),
        ("person", happening.person),
    ):
        if name:
            yield kind, name
