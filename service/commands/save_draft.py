"""Keep what was typed (暂存), unchecked, for the one who typed it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert

from service.commands._advance import Act
from service.commands._task import take_task
from service.commands.purge_drafts import purge_drafts
from service.forms import purged
from service.model.actor import Actor
from service.model.errors import TooLarge
from service.store.tables import draft

MAX_DRAFT = 500_000


def save_draft(
    connection: Connection,
    actor: Actor,
    task_key: str,
    submission: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Replace the actor's draft of a task. Raises as `take_task`, TooLarge beyond 500 KB.

    With a value after which nothing may be kept, all drafts of the project are removed instead.
    """
    task = take_task(connection, actor, task_key)
    only = purged(task.locked.definition.forms[str(task.element.form_id)], submission)
    if only is not None:
        purge_drafts(connection, task, Act(actor, "purge_drafts", now))
        submission = only
    content = json.dumps(dict(submission), ensure_ascii=False)
    if len(content) > MAX_DRAFT:
        raise TooLarge("暂存的内容太长，请精简后再暂存。")
    mine = (draft.c.task_key == task_key) & (draft.c.account_key == actor.account_key)
    connection.execute(delete(draft).where(mine))
    connection.execute(
        insert(draft).values(
            task_key=task_key, account_key=actor.account_key, content=content, saved_at=now
        )
    )
