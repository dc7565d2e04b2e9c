"""What a line of the inbox is marked with: returned, urged, begun."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from service.model.actor import Actor
from service.model.notices import URGED
from service.store import tables as t
from service.store.among import among

RETURNED, URGED_MARK, BEGUN = "退回", "催办", "草稿"


def row_marks(
    connection: Connection, actor: Actor, tasks: Iterable[Any]
) -> dict[str, tuple[str, ...]]:
    """Task → its marks, for rows of open tasks: 退回 where a return has opened it, 催办 where somebody has urged it,
    草稿 where the reader has begun to fill it in.
    """
    rows = {row.task_key: row for row in tasks}
    back, urged, begun = (
        _returns(connection, rows),
        _urged(connection, rows),
        _begun(connection, actor, rows),
    )
    return {
        key: tuple(
            mark
            for mark, holds in (
                (RETURNED, (row.instance_key, row.created_at) in back),
                (URGED_MARK, key in urged),
                (BEGUN, key in begun),
            )
            if holds
        )
        for key, row in rows.items()
    }


def _returns(connection: Connection, rows: dict[str, Any]) -> set[tuple[str, Any]]:
    """(instance, moment) of returns: what a return opens has its moment."""
    event, instances = t.event.c, {row.instance_key for row in rows.values()}
    query = select(event.instance_key, event.at).where(
        event.act == "return_task", among(event.instance_key, instances)
    )
    return {(row.instance_key, row.at) for row in connection.execute(query)}


def _urged(connection: Connection, rows: dict[str, Any]) -> set[str]:
    notice = t.notice.c
    query = select(notice.task_key).where(among(notice.task_key, rows), notice.name == URGED)
    return {str(key) for key in connection.execute(query).scalars()}


def _begun(connection: Connection, actor: Actor, rows: dict[str, Any]) -> set[str]:
    draft = t.draft.c
    query = select(draft.task_key).where(
        among(draft.task_key, rows), draft.account_key == actor.account_key
    )
    return set(connection.execute(query).scalars())
