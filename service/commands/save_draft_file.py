"""Save one file of a draft; every version is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._drafting import check_file, open_draft_of
from service.model.actor import Actor
from service.model.errors import Conflict
from service.store import workbench


def save_draft_file(
    connection: Connection,
    actor: Actor,
    draft_key: str,
    path: str,
    content: bytes | None,
    *,
    now: datetime,
    known: int | None = None,
) -> int:
    """Write `content` (None: take the file away) as the newest version; returns the number of the file's last edit.

    What is there already is not saved again. `known` is the file's last edit when it was opened (0: none): when it
    has another now, nothing is saved. Raises NotFound, NotAllowed, Conflict, BadInput, TooLarge.
    """
    draft = open_draft_of(connection, actor, draft_key)
    check_file(path, content)
    if known is not None and workbench.last_edit(connection, draft_key, path) != known:
        raise Conflict(
            "打开之后，这个文件在别处存过新的改动，这次没有存。请先下载自己的这份，再重新打开。"
        )
    if workbench.files_of(connection, draft_key, draft.base).get(path) == content:
        return workbench.last_edit(connection, draft_key, path)
    return workbench.edit_saved(connection, draft_key, path, content, actor.account_key, now)
