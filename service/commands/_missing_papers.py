"""The operator that asks every volume of a project's archive for the papers that it still lacks."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select

from service.commands._question import Question
from service.engine import Definition, variables
from service.papers.archive import read_archive
from service.papers.filed import Filed
from service.store import tables as t
from service.volumes import demanded, paper_words

_FILED = (
    select(
        t.submission.c.content,
        t.submission.c.digest,
        t.submission.c.form_id,
        t.submission.c.submitted_at,
        t.task.c.process_id,
        t.task.c.element_id,
        t.task.c.member,
        t.instance.c.instance_key,
        t.instance.c.process_id.label("within"),
    )
    .join(t.task, t.task.c.task_key == t.submission.c.task_key)
    .join(t.instance, t.instance.c.instance_key == t.submission.c.instance_key)
    .where(t.submission.c.project_key == bindparam("project"))
    .order_by(t.submission.c.submitted_at, t.submission.c.submission_key)
)
_MAIN = (
    select(t.instance.c.state)
    .where(t.instance.c.project_key == bindparam("project"))
    .order_by(t.instance.c.started_at, t.instance.c.seq.desc())
    .limit(1)
)


def missing_papers(question: Question) -> dict[str, Any]:
    """`missing_papers`: what is neither filed nor explained, each paper in words with its volume.

    `missing_volumes`: the volumes that lack them, for diagrams that ask once for each volume.
    """
    definition = question.source.definition
    archive = read_archive(definition.bundle.files)
    if archive is None or question.source.project_key is None:
        return {"missing_papers": [], "missing_volumes": []}
    where = {"project": question.source.project_key}
    state = question.connection.execute(_MAIN, where).scalar_one()
    names = {**variables(bytes(state)), **question.source.facts}
    filed = _filed(question.connection, definition, where)
    lacking = [
        (one.volume, title)
        for one in demanded(definition, archive, filed, names, question.now)
        for title in one.open
    ]
    return {
        "missing_papers": list(dict.fromkeys(paper_words(*one) for one in lacking)),
        "missing_volumes": list(dict.fromkeys(volume.name for volume, _ in lacking)),
    }


def _filed(connection: Connection, definition: Definition, where: dict[str, Any]) -> list[Filed]:
    return [
        Filed(
            seq=number,
            at=row.submitted_at,
            task=f"{row.process_id}/{row.element_id}",
            within=row.within,
            instance_key=row.instance_key,
            step="",
            form=definition.forms[row.form_id],
            values=json.loads(row.content),
            digest=row.digest,
            actor={},
            member=row.member or "",
        )
        for number, row in enumerate(connection.execute(_FILED, where))
        if row.form_id in definition.forms
    ]
