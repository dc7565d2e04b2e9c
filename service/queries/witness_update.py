"""What a witness asks for: the newest checkpoint, with the proof that the one he keeps is its beginning."""

from __future__ import annotations

from sqlalchemy import Connection

from service.audit.tree import consistency_proof
from service.audit.verify import Update, sha256, sm3
from service.model.errors import Refused
from service.queries.log_tree import LogTree
from service.queries.signing_keys import told_changes
from service.store import checkpoints


def witness_update(connection: Connection, old: int) -> Update:
    """From `old` events (0: nothing is kept yet) to the newest checkpoint. Raises Refused past its end."""
    last = checkpoints.last(connection)
    if last is None or old > last[0]:
        size = last[0] if last else 0
        raise Refused(f"最新的检查点只有 {size} 个事件，没有从 {old} 个事件起的证明。")
    size, note, _ = last
    changes = tuple(told_changes(connection))
    if old in (0, size):
        return Update(old, (), (), note, changes)
    log = LogTree(connection)
    first = consistency_proof(old, size, log.nodes(0), sha256)
    second = consistency_proof(old, size, log.nodes(1), sm3)
    return Update(old, tuple(first), tuple(second), note, changes)
