"""One's own lists: drafts, followed projects, phrases."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, select

from service.definitions import definition_of
from service.model.actor import Actor
from service.store import tables as t
from service.store.sight import visible


def drafts_of(connection: Connection, actor: Actor, *, limit: int = 100) -> list[tuple[Any, str]]:
    """(draft with its task and project, name of the step) of open tasks, the newest first."""
    rows = connection.execute(
        select(
            t.draft.c.task_key, t.draft.c.saved_at, t.task.c.process_id, t.task.c.element_id,
            t.task.c.project_key, t.instance.c.digest, t.project.c.no,
            t.project.c.name.label("project_name"),
        )
        .join(t.task, t.task.c.task_key == t.draft.c.task_key)
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .join(t.project, t.project.c.project_key == t.task.c.project_key, isouter=True)
        .where(t.draft.c.account_key == actor.account_key, t.task.c.status == "open")
        .order_by(t.draft.c.saved_at.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        (row, definition_of(connection, row.digest).element(row.process_id, row.element_id).name)
        for row in rows
    ]


def followed(connection: Connection, actor: Actor) -> list[Any]:
    """Projects (rows) that the actor follows and may still see."""
    return list(
        connection.execute(
            select(t.project)
            .join(t.follow, t.follow.c.project_key == t.project.c.project_key)
            .where(t.follow.c.account_key == actor.account_key, visible(actor))
            .order_by(t.follow.c.at.desc())
        )
    )


def follows(connection: Connection, actor: Actor, project_key: str) -> bool:
    """Whether the actor follows a project."""
    mine = select(t.follow.c.at).where(
        t.follow.c.account_key == actor.account_key, t.follow.c.project_key == project_key
    )
    return connection.execute(mine).first() is not None


def phrases_of(connection: Connection, actor: Actor) -> list[str]:
    """His saved phrases in his order."""
    mine = select(t.phrase.c.text).where(t.phrase.c.account_key == actor.account_key)
    return list(connection.execute(mine.order_by(t.phrase.c.place)).scalars())


def saved_filters(connection: Connection, actor: Actor, place: str) -> dict[str, dict[str, str]]:
    """His saved filters of a list: name → what stands in the address, by name."""
    f = t.saved_filter.c
    mine = select(f.name, f.asked).where(f.account_key == actor.account_key, f.place == place)
    return {name: json.loads(asked) for name, asked in connection.execute(mine.order_by(f.at))}


def shelf_counts(connection: Connection, actor: Actor) -> dict[str, int]:
    """How many copies one has not read, drafts of open tasks and followed projects there are."""
    me = actor.account_key
    copies = select(func.count()).where(
        t.reading_copy.c.to == me, t.reading_copy.c.read_at.is_(None)
    )
    drafts = select(func.count()).where(t.draft.c.account_key == me)  # they end with their tasks
    follows_ = (
        select(func.count())
        .select_from(t.follow)
        .join(t.project, t.project.c.project_key == t.follow.c.project_key)
        .where(t.follow.c.account_key == me, visible(actor))
    )
    queries = {"copies": copies, "drafts": drafts, "follows": follows_}
    return {name: connection.execute(query).scalar_one() for name, query in queries.items()}
