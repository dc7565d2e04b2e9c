"""Checkpoints: made each 100 events or each hour, and written to a folder outside the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from service.audit import tree
from service.audit.signing import Signer
from service.audit.verify import Checkpoint, read_note, sha256
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import Refused
from service.queries.log_tree import LogTree
from service.queries.restores import Loss, losses
from service.queries.signing_keys import told_changes
from service.store import checkpoints
from service.store.files import write_once
from service.store.session import begin, reading

EVENTS = 100
HOUR = timedelta(hours=1)
GIVEN_UP = "given-up"


def keep_checkpoints(engine: Engine, signer: Signer, folder: Path, *, now: datetime) -> str | None:
    """Make a checkpoint when one is due, and write those that the folder lacks; returns the new note.

    Raises Refused when the folder knows a checkpoint that the log does not agree with: an old backup was
    restored, or history was rewritten.
    """
    with reading(engine) as connection:
        known = newest_in(folder)
        if _disagreement(connection, known):
            _set_aside(folder, losses(connection), told_changes(connection))
            known = newest_in(folder)
        wrong = _disagreement(connection, known)
        if wrong:
            raise Refused(wrong)
        due = _due(connection, now)
    made = None
    if due:
        with begin(engine) as connection:
            made = make_checkpoint(connection, signer, now=now)
    with reading(engine) as connection:
        for size, note in checkpoints.notes(connection):
            write_once(folder / f"{size:012d}.txt", note.encode())
        for body, signature in told_changes(connection):
            name = f"{json.loads(body)['seq']:012d}.key"
            write_once(folder / name, body + b"\n" + signature.hex().encode())
    return made


def newest_in(folder: Path) -> Checkpoint | None:
    """The newest checkpoint of a folder."""
    names = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    return read_note(names[-1].read_text(encoding="utf-8"))[0] if names else None


def _disagreement(connection: Connection, known: Checkpoint | None) -> str:
    """Why the log is not what a checkpoint says; empty when it is."""
    size = checkpoints.size_of_log(connection)
    if known is None:
        return ""
    if size < known.size:
        return f"日志只有 {size} 个事件，而已签发的检查点记有 {known.size} 个：可能恢复了旧备份，请立即报告审计部门。"
    if tree.root(known.size, LogTree(connection).nodes(0)) != known.sha256:
        return f"日志与已签发的检查点（{known.size} 个事件）不符，请立即报告审计部门。"
    return ""


def _set_aside(folder: Path, lost: Sequence[Loss], changes: Sequence[tuple[bytes, bytes]]) -> None:
    """Move what a restore has given up, by a signed event, into a folder of its own; nothing is deleted.

    Checkpoints that it names, and changes of the key that the log does not have any more.
    """
    given_up = {digest: loss.seq for loss in lost for digest in loss.checkpoints}
    for path in sorted(folder.glob("*.txt")):
        text = read_note(path.read_text(encoding="utf-8"))[0].text()
        seq = given_up.get(sha256(text.encode()).hex())
        if seq:
            (folder / GIVEN_UP).mkdir(exist_ok=True)
            path.replace(folder / GIVEN_UP / f"{seq}-{path.name}")
    known = [body for body, _ in changes]
    for path in sorted(folder.glob("*.key")) if lost else ():
        if path.read_bytes().rpartition(b"\n")[0] not in known:
            (folder / GIVEN_UP).mkdir(exist_ok=True)
            path.replace(folder / GIVEN_UP / path.name)


def _due(connection: Connection, now: datetime) -> bool:
    size, before = checkpoints.size_of_log(connection), checkpoints.last(connection)
    if before is None:
        return size > 0
    return size - before[0] >= EVENTS or (size > before[0] and now - before[2] >= HOUR)
