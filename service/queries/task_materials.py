"""The list of materials of an open task, by its table, for what is filled in so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.engine import documents_of
from service.forms import hidden_fields, typed_values
from service.papers.materials import Material, materials
from service.queries.task_detail import TaskDetail


def task_materials(
    detail: TaskDetail, values: Mapping[str, Any], *, now: datetime
) -> tuple[Material, ...]:
    """Empty when the task names no table or is no longer open."""
    if detail.row.status != "open":
        return ()
    asked = documents_of(
        detail.definition,
        detail.element,
        detail.state,
        typed_values(detail.form, values),
        facts=detail.facts,
        now=now,
    )
    if asked is None:
        return ()
    listed = ((d.name, d.clauses) for d in asked.listed)
    hidden = hidden_fields(detail.form, values, detail.context, now)
    return materials(detail.form, listed, asked.possible, values, hidden)
