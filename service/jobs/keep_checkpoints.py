"""Checkpoints: made each 100 events or each hour, and written to a folder outside the database."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from service.audit import tree
from service.audit.signing import Signer
from service.audit.verify import Checkpoint, read_note
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import Refused
from service.queries.log_tree import LogTree
from service.store import checkpoints
from service.store.session import begin, reading

EVENTS = 100
HOUR = timedelta(hours=1)


def keep_checkpoints(engine: Engine, signer: Signer, folder: Path, *, now: datetime) -> str | None:
    """Make a checkpoint when one is due, and write those that the folder lacks; returns the new note.

    Raises Refused when the folder knows a checkpoint that the log does not agree with: an old backup was
    restored, or history was rewritten.
    """
    with reading(engine) as connection:
        _agrees(LogTree(connection), checkpoints.size_of_log(connection), newest_in(folder))
        due = _due(connection, now)
    made = None
    if due:
        with begin(engine) as connection:
            made = make_checkpoint(connection, signer, now=now)
    with reading(engine) as connection:
        for size, note in checkpoints.notes(connection):
            _write(folder, size, note)
    return made


def newest_in(folder: Path) -> Checkpoint | None:
    """The newest checkpoint of a folder."""
    names = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    return read_note(names[-1].read_text(encoding="utf-8"))[0] if names else None


def _agrees(log: LogTree, size: int, known: Checkpoint | None) -> None:
    if known is None:
        return
    if size < known.size:
        raise Refused(
            f"日志只有 {size} 个事件，而已签发的检查点记有 {known.size} 个：可能恢复了旧备份，请立即报告审计部门。"
        )
    if tree.root(known.size, log.nodes(0)) != known.sha256:
        raise Refused(f"日志与已签发的检查点（{known.size} 个事件）不符，请立即报告审计部门。")


def _due(connection: Connection, now: datetime) -> bool:
    size, before = checkpoints.size_of_log(connection), checkpoints.last(connection)
    if before is None:
        return size > 0
    return size - before[0] >= EVENTS or (size > before[0] and now - before[2] >= HOUR)


def _write(folder: Path, size: int, note: str) -> None:
    path = folder / f"{size:012d}.txt"
    if path.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
