"""Whether an event is proved: where it stands in the tree, and the checkpoint that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.audit.tree import inclusion_proof
from service.audit.verify import Key, leaf_hash, note_signed, read_note, root_by_inclusion, sm3
from service.queries.log_tree import LogTree
from service.queries.signing_keys import keys_of
from service.store import checkpoints


@dataclass(frozen=True)
class RecordProof:
    """`verdict` is proved, waiting (no checkpoint covers it yet) or broken; `at` and `size` are the checkpoint's."""

    seq: int
    verdict: str
    at: datetime | None
    size: int
    sm3: str


def record_proof(connection: Connection, key: Key, seq: int) -> RecordProof:
    """Check an event against the newest checkpoint: the note's signature and the way to its root."""
    body = next(checkpoints.bodies(connection, seq - 1, seq))
    last = checkpoints.last(connection)
    if last is None or last[0] < seq:
        return RecordProof(seq, "waiting", None, 0, sm3(b"\x00" + body).hex())
    checkpoint = read_note(last[1])[0]
    proof = inclusion_proof(seq - 1, checkpoint.size, LogTree(connection).nodes(0))
    found = root_by_inclusion(seq - 1, checkpoint.size, leaf_hash(body), proof)
    good = found == checkpoint.sha256 and _signed(connection, last[1], checkpoint.size, key)
    verdict = "proved" if good else "broken"
    at = datetime.fromisoformat(checkpoint.at)
    return RecordProof(seq, verdict, at, checkpoint.size, sm3(b"\x00" + body).hex())


def _signed(connection: Connection, note: str, size: int, current: Key) -> bool:
    try:
        return note_signed(note, keys_of(connection, current).of_note(size))
    except ValueError:
        return False  # the keys of the log do not follow each other
