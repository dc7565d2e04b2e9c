"""What has been published: by the steps that a diagram marks with `publishes`, and by nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from service.definitions import definition_of, newest_definition
from service.engine import Definition
from service.papers.publication import Publication, published, settled
from service.store import tables as t
from service.store.register import lists_for

MOST = 200


def publications(connection: Connection) -> list[Publication]:
    """The newest 200, newest first; each with whether it still stands."""
    marked = _marked(newest_definition(connection))
    if not marked:
        return []
    steps = or_(
        *(and_(t.task.c.process_id == p, t.task.c.element_id == e) for p, e in sorted(marked))
    )
    rows = connection.execute(
        select(t.task, t.instance.c.digest)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(t.task.c.status == "completed", steps)
        .order_by(t.task.c.ended_at.desc(), t.task.c.task_key)
        .limit(MOST)
    ).all()
    found = [one for row in reversed(rows) for one in _published(connection, row)]
    return settled(found)


def _marked(definition: Definition) -> set[tuple[str, str]]:
    return {
        (process.id, element.id)
        for process in definition.processes.values()
        for element in process.elements.values()
        if element.properties.get("publishes")
    }


def _published(connection: Connection, row: Any) -> Iterator[Publication]:
    """The last submission of the named form in the instance before the step was done."""
    definition = definition_of(connection, row.digest)
    form = definition.forms.get(
        definition.element(row.process_id, row.element_id).properties.get("publishes", "")
    )
    if form is None:
        return
    submission = connection.execute(
        select(t.submission.c.content, t.account.c.unit_id)
        .join(t.account, t.account.c.account_key == t.submission.c.submitted_by, isouter=True)
        .where(
            t.submission.c.instance_key == row.instance_key,
            t.submission.c.form_id == form.id,
            t.submission.c.submitted_at <= row.ended_at,
        )
        .order_by(t.submission.c.submitted_at.desc())
        .limit(1)
    ).first()
    if submission is not None:
        options = lists_for(connection, form.lists, everybody=True)
        unit = _unit_name(connection, submission.unit_id)
        values = json.loads(submission.content)
        yield published(form, values, options, at=row.ended_at, unit=unit)


def _unit_name(connection: Connection, unit_id: str | None) -> str:
    found = select(t.unit.c.name).where(t.unit.c.unit_id == unit_id)
    return str(connection.execute(found).scalar_one_or_none() or "")
