"""The OpenAPI description of /api/v1."""

from __future__ import annotations

from typing import Any

ERROR = {
    "description": "refused: one sentence, the fields it concerns, reasons with clauses",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
LEDGER = ("q", "unit", "status", "year", "least", "most", "overdue", "order", "after")


def _operation(
    summary: str,
    *,
    body: str | None = None,
    status: str = "200",
    public: bool = False,
    path: tuple[str, ...] = (),
    query: tuple[str, ...] = (),
    key: bool = False,
) -> dict[str, Any]:
    parameters = [
        {"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in path
    ] + [{"name": n, "in": "query", "schema": {"type": "string"}} for n in query]
    if key:
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}})
    made: dict[str, Any] = {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            status: {
                "description": "done",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "default": ERROR,
        },
        "security": [] if public else [{"session": []}, {"token": []}],
    }
    if body:
        made["requestBody"] = {
            "required": True,
            "content": {
                "multipart/form-data" if body == "Upload" else "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{body}"}
                }
            },
        }
    return made


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Banjie 办结", "version": "1"},
    "paths": {
        "/api/v1/sessions": {
            "post": _operation("A bearer token", body="LogIn", status="201", public=True)
        },
        "/api/v1/tasks": {
            "get": _operation("A page of a box", query=("box", "q", "due", "order", "after"))
        },
        "/api/v1/stand_ins": {
            "get": _operation("Who stands in for oneself, and for whom one does"),
            "post": _operation("Have somebody stand in", body="StandIn", status="201"),
        },
        "/api/v1/stand_ins/{key}": {"delete": _operation("End it", path=("key",))},
        "/api/v1/filters/{place}": {
            "get": _operation("One's own saved filters of a list", path=("place",))
        },
        "/api/v1/filters/{place}/{name}": {
            "put": _operation("Keep a filter", body="Filter", path=("place", "name")),
            "delete": _operation("Drop a filter", path=("place", "name")),
        },
        "/api/v1/tasks/{task_key}": {
            "get": _operation("A task with the keys of its form", path=("task_key",))
        },
        "/api/v1/tasks/{task_key}/claim": {"post": _operation("Claim", path=("task_key",))},
        "/api/v1/tasks/{task_key}/release": {"post": _operation("Release", path=("task_key",))},
        "/api/v1/tasks/{task_key}/complete": {
            "post": _operation(
                "Complete with a submission", body="Submission", path=("task_key",), key=True
            )
        },
        "/api/v1/tasks/{task_key}/draft": {
            "put": _operation("Keep a draft", body="Submission", path=("task_key",))
        },
        "/api/v1/tasks/{task_key}/check": {
            "post": _operation(
                "The gate as a checklist, and who has it next",
                body="Submission",
                path=("task_key",),
            )
        },
        "/api/v1/tasks/{task_key}/ways_back": {
            "get": _operation("Steps to which it can be returned", path=("task_key",))
        },
        "/api/v1/tasks/{task_key}/return": {
            "post": _operation(
                "Return to an earlier step", body="Act", path=("task_key",), key=True
            )
        },
        "/api/v1/tasks/{task_key}/withdraw": {
            "post": _operation("Take one's completion back", path=("task_key",), key=True)
        },
        "/api/v1/tasks/{task_key}/transfer": {
            "post": _operation("Give to another person", body="Act", path=("task_key",), key=True)
        },
        "/api/v1/tasks/{task_key}/entrust": {
            "post": _operation(
                "Have another person prepare it", body="Act", path=("task_key",), key=True
            )
        },
        "/api/v1/tasks/{task_key}/hand_back": {
            "post": _operation(
                "Give an entrusted task back", body="Act", path=("task_key",), key=True
            )
        },
        "/api/v1/tasks/{task_key}/opinions": {
            "post": _operation("Ask people about it", body="Act", path=("task_key",), key=True)
        },
        "/api/v1/opinions/{key}": {
            "post": _operation("Answer what one was asked", body="Act", path=("key",), key=False)
        },
        "/api/v1/opinions/{key}/drop": {
            "post": _operation("Do without an opinion", body="Act", path=("key",), key=False)
        },
        "/api/v1/tasks/{task_key}/copies": {
            "post": _operation("Send reading copies", body="Act", path=("task_key",), key=True)
        },
        "/api/v1/copies/{copy_key}/read": {
            "post": _operation(
                "The receipt of a reading copy", body="Act", path=("copy_key",), key=False
            )
        },
        "/api/v1/tasks/{task_key}/urge": {
            "post": _operation("Remind the holders", body="Act", path=("task_key",), key=False)
        },
        "/api/v1/projects/{project_key}/cancel": {
            "post": _operation(
                "Withdraw one's own project", body="Act", path=("project_key",), key=True
            )
        },
        "/api/v1/drafts/{draft_key}/findings": {
            "post": _operation(
                "What is wrong in a file while it is edited", body="Text", path=("draft_key",)
            )
        },
        "/api/v1/drafts/{draft_key}/preview": {
            "post": _operation(
                "A form as people will see it, while it is edited", body="Text", path=("draft_key",)
            )
        },
        "/api/v1/drafts/{draft_key}/file": {
            "put": _operation("Save a file of one's draft", body="Text", path=("draft_key",))
        },
        "/api/v1/expressions": {
            "post": _operation("Whether a FEEL expression can be read", body="Text")
        },
        "/api/v1/files/{digest}": {"get": _operation("A stored file", path=("digest",))},
        "/api/v1/files": {
            "post": _operation("Keep one file (multipart field file)", body="Upload", status="201")
        },
        "/api/v1/instances": {
            "post": _operation("Start a process", body="Start", status="201", key=True)
        },
        "/api/v1/instances/{instance_key}": {
            "get": _operation("States of an instance's elements, history", path=("instance_key",))
        },
        "/api/v1/processes": {"get": _operation("Processes, and which ones one may start")},
        "/api/v1/processes/{process_id}/diagram": {
            "get": _operation("The BPMN as deployed", path=("process_id",))
        },
        "/api/v1/projects": {"get": _operation("Projects", query=LEDGER)},
        "/api/v1/projects/{project_key}": {"get": _operation("One project", path=("project_key",))},
        "/api/v1/projects/{project_key}/history": {
            "get": _operation("All acts of a project", path=("project_key",))
        },
    },
    "components": {
        "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": "banjie_session"},
            "token": {"type": "http", "scheme": "bearer"},
        },
        "schemas": {
            "LogIn": {
                "type": "object",
                "required": ["login", "password"],
                "properties": {"login": {"type": "string"}, "password": {"type": "string"}},
            },
            "Upload": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            },
            "Act": {
                "type": "object",
                "properties": {
                    "to": {"type": "string"},
                    "reason": {"type": "string"},
                    "kind": {"type": "string", "enum": ["cosign", "question"]},
                    "people": {"type": "array", "items": {"type": "string"}},
                },
            },
            "StandIn": {
                "type": "object",
                "required": ["agent", "first", "last", "reason"],
                "properties": {
                    "agent": {"type": "string"},
                    "first": {"type": "string", "format": "date"},
                    "last": {"type": "string", "format": "date"},
                    "reason": {"type": "string"},
                    "process_id": {"type": "string"},
                    "principal": {"type": "string"},
                },
            },
            "Filter": {
                "type": "object",
                "description": "parameters of the list's address",
                "additionalProperties": {"type": "string"},
            },
            "Submission": {"type": "object", "description": "values by key of the task's form"},
            "Start": {
                "type": "object",
                "required": ["process_id"],
                "properties": {"process_id": {"type": "string"}, "project_key": {"type": "string"}},
            },
            "Error": {
                "type": "object",
                "required": ["message", "fields", "reasons"],
                "properties": {
                    "message": {"type": "string"},
                    "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                    "reasons": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "text": {"type": "string"},
                                "clauses": {"type": "array", "items": {"type": "string"}},
                            },
                        },
                    },
                },
            },
        },
    },
}
