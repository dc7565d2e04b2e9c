"""Make a checkpoint: look at every event since the last one, then sign how many there are and both roots."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from service.audit import tree
from service.audit.signing import Signer
from service.audit.verify import Checkpoint, read_note, sha256, signed_by, sm3
from service.model.errors import Refused
from service.queries.log_tree import STEP, LogTree
from service.queries.signing_keys import keys_of
from service.store import checkpoints, history


def make_checkpoint(connection: Connection, signer: Signer, *, now: datetime) -> str | None:
    """The signed note of a new checkpoint over the whole log; None when nothing has been added.

    Raises Refused when the log is not what the last checkpoint says, or an event since then does not
    bear the service's signature: what somebody has written past the service is never vouched for.
    """
    history.queue_up(connection)
    size, before = checkpoints.size_of_log(connection), checkpoints.last(connection)
    known = before[0] if before else 0
    if size == known:
        return None
    log = LogTree(connection)
    if before:
        _still_there(log, size, read_note(before[1])[0])
    _signed(connection, signer, known, size)
    _beside(connection, signer, before)
    _store_nodes(connection, log, size)
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    roots = [tree.root(size, log.nodes(i), d) for i, d in enumerate((sha256, sm3))]
    note = signer.note(Checkpoint(signer.name, size, roots[0], roots[1], at))
    checkpoints.add(connection, size, note, now)
    return note


def _still_there(log: LogTree, size: int, before: Checkpoint) -> None:
    if size < before.size or tree.root(before.size, log.nodes(0)) != before.sha256:
        raise Refused(
            f"日志与上一检查点（{before.size} 个事件）不符，不能签发新的检查点，请立即报告审计部门。"
        )


def _signed(connection: Connection, signer: Signer, start: int, end: int) -> None:
    try:
        keys = keys_of(connection, signer.public)
    except ValueError as wrong:
        raise Refused(f"{wrong}，不能签发检查点，请立即报告审计部门。") from wrong
    if keys.keys[-1] != signer.public:
        raise Refused(
            "本机的 record.key 不是日志现在用的密钥，不能签发检查点，请放回正确的 record.key。"
        )
    for seq, body, signature in checkpoints.signed_bodies(connection, start, end):
        key = keys.of_event(seq)
        if not signature or not signed_by(key, body, bytes.fromhex(signature)):
            raise Refused(f"事件 {seq} 没有系统的签名，不能为它签发检查点，请立即报告审计部门。")


def _beside(
    connection: Connection, signer: Signer, before: tuple[int, str, datetime] | None
) -> None:
    """Who signs beside has the key that the log knows for it: no other one takes its place unseen."""
    for public in signer.keys[1:]:
        try:
            keys = keys_of(connection, public)
        except ValueError as wrong:
            raise Refused(f"{wrong}，不能签发检查点，请立即报告审计部门。") from wrong
        then = keys.of_note(before[0]) if before else public
        lines = read_note(before[1])[1] if before else []
        replaced = len(lines) > 1 and then.short not in {short for _, short, _ in lines}
        if keys.keys[-1] != public or replaced:
            raise Refused(
                "现在的 SM2 密钥不是日志里的那一把，不能签发检查点。"
                "请放回原来的，再用 banjie key change-sm2 更换。"
            )


def _store_nodes(connection: Connection, log: LogTree, size: int) -> None:
    """Keep the hashes of subtrees that have become complete."""
    height = STEP
    while size >> height:
        have, complete = checkpoints.count_nodes(connection, height), size >> height
        rows = [(index, *log.pair(height, index)) for index in range(have, complete)]
        checkpoints.add_nodes(connection, height, rows)
        height += STEP
