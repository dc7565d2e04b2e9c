"""Fill an empty database from a backup; that it was done stands in the log, red when events were lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from service.audit.backup import Backup
from service.audit.verify import Checkpoint, sha256
from service.commands._administration import log_administration
from service.model.actor import SYSTEM
from service.model.errors import Refused
from service.store.rows import is_empty, loaded, tables_there
from service.store.schema import NEWEST, revisions, upgrade_to


def restore_copy(
    connection: Connection,
    backup: Backup,
    lost: Sequence[Checkpoint],
    *,
    reason: str,
    now: datetime,
) -> int:
    """Everything of the backup in one transaction; returns the number of the event that says so.

    `lost` are known checkpoints over more events than the backup has, the newest one last: what they cover beyond
    it is given up. The schema is first that of the backup, then upgraded with its rows. Raises Refused when the
    database holds anything, or the backup comes from a newer program.
    """
    if not is_empty(connection):
        raise Refused("数据库里已有内容，备份只能恢复到空的数据库里，请换一个空库。")
    revision = backup.manifest["revision"]
    if revision not in revisions():
        raise Refused("备份来自更新的程序版本，请先升级程序再恢复。")
    upgrade_to(connection, revision)
    for name, table in tables_there(connection).items():
        loaded(connection, table, backup.lines(name))
    upgrade_to(connection, NEWEST)
    body = {"copy": {n: backup.manifest[n] for n in ("size", "sha256", "newest_at", "made_at")}}
    if lost:
        newest = lost[-1]
        body["lost"] = {
            "size": newest.size, "at": newest.at, "events": newest.size - backup.manifest["size"],
            "checkpoints": [sha256(c.text().encode()).hex() for c in lost],
        }  # fmt: skip
    return log_administration(connection, SYSTEM, "restore_copy", reason=reason, now=now, body=body)
